"""The report on the standard and the yearly reviews."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grids.actions import reviews as actions
from grids.actions.plans.draft import as_they_stand
from grids.division.document import shapes_of
from grids.division.standard import people_of, report
from grids.models import BoundaryPlan, Building, DivisionProposal, ReviewDecision, StandardReview
from tests.factories import make_incident
from tests.grids.divided import divide


@pytest.fixture
def ground(cast):
    return divide(cast)


def _review(ground, by, now, days=0):
    facts = {"took_part": [by], "findings": "第一网格户数偏多。"}
    day = timezone.localdate(now) - timedelta(days=days)
    decisions = [("调整边界", by, day + timedelta(days=30))]
    return actions.hold_review(ground.areas["spring"], held_on=day, decisions=decisions, by=by, now=now, **facts)


def test_every_grid_is_held_against_the_standard(ground, worker, now):
    Building.objects.filter(area=ground.grids[0]).update(households=400)
    Building.objects.filter(area=ground.grids[1]).update(households=60)
    make_incident(ground.grids[2].buildings.order_by("pk")[0], by=worker, now=now)
    section = report(ground.areas["spring"], now=now)[0]
    lines = {line.area.pk: line for line in section.lines}
    large, small, third = (lines[ground.grids[n].pk] for n in range(3))
    assert (large.households, large.fits, small.fits, third.fits) == (800, False, False, True)
    assert third.facts["open"] == 1
    assert third.facts["recent"] == 1
    assert third.workload == 2
    assert section.outside == 2
    assert round(section.ratio, 2) == 6.67
    assert [one.what for one in section.suggestions] == ["split", "border", "anew"]


def test_a_vacancy_shows_until_somebody_holds_the_post(ground, now):
    section = report(ground.areas["spring"], now=now)[0]
    held = {line.area.pk: line.facts["worker"] for line in section.lines}
    assert held[ground.grids[0].pk] is True
    assert False in held.values()


def test_the_report_costs_the_same_for_one_community_and_two(ground, now, django_assert_num_queries):
    with django_assert_num_queries(7):
        assert len(report(ground.areas["spring"], now=now)) == 1
    with django_assert_num_queries(7):
        assert len(report(ground.areas["street"], now=now)) == 2


def test_a_review_is_kept_taken_back_and_restored_by_pages(ground, sign_in, office_admin, now):
    office, area = sign_in(office_admin, lang="en"), ground.areas["spring"]
    assert "No review has been kept yet" in office.get(f"/areas/plans/standard/{area.pk}/").content.decode()
    day = timezone.localdate(now)
    said = {
        "held_on": day,
        "findings": "均衡",
        "took_part": [office_admin.pk],
        "d-TOTAL_FORMS": 3,
        "d-INITIAL_FORMS": 0,
    }
    begun = said | {"d-0-what": "调整边界"}
    page = office.post(f"/areas/plans/standard/{area.pk}/review/", begun).content.decode()
    assert "A decision needs who does it and until when." in page
    whole = begun | {"d-0-owner": office_admin.pk, "d-0-due_on": day + timedelta(days=9)}
    page = office.post(f"/areas/plans/standard/{area.pk}/review/", whole, follow=True).content.decode()
    assert "The review is kept" in page
    assert "at least once a year" not in page
    review, decision = StandardReview.objects.get(), ReviewDecision.objects.get()
    office.post(f"/areas/plans/decisions/{decision.pk}/finish/")
    decision.refresh_from_db()
    assert decision.done_by == office_admin
    office.post(f"/areas/plans/decisions/{decision.pk}/reopen/")
    decision.refresh_from_db()
    assert decision.done_at is None
    page = office.post(f"/areas/plans/reviews/{review.pk}/withdraw/", follow=True).content.decode()
    assert "No review has been kept yet" in page
    page = office.post(f"/areas/plans/reviews/{review.pk}/restore/", follow=True).content.decode()
    assert "No review has been kept yet" not in page


def test_a_review_of_more_than_a_year_ago_is_due_again(ground, sign_in, office_admin, now):
    _review(ground, office_admin, now, days=366)
    page = sign_in(office_admin, lang="en").get(f"/areas/plans/standard/{ground.areas['spring'].pk}/").content.decode()
    assert "more than a year ago" in page


def test_the_report_prints(ground, sign_in, office_admin):
    answer = sign_in(office_admin).get(f"/areas/plans/standard/{ground.areas['spring'].pk}/print/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("who", ["worker", "lead", "leader", "office"])
def test_only_who_plans_boundaries_keeps_reviews(ground, sign_in, office_admin, now, who):
    review = _review(ground, office_admin, now)
    client, area = sign_in(ground.people[who]), ground.areas["spring"]
    assert client.get(f"/areas/plans/standard/{area.pk}/review/").status_code == 404
    assert client.post(f"/areas/plans/reviews/{review.pk}/withdraw/").status_code == 404
    assert client.post(f"/areas/plans/decisions/{review.decisions.get().pk}/finish/").status_code == 404


def _loads(ground, *households):
    """Households of each building of the first grids."""
    for grid, number in zip(ground.grids, households, strict=False):
        Building.objects.filter(area=grid).update(households=number, persons=number * 2)


def test_the_suggested_merge_is_a_step_of_a_draft_that_can_be_gone_back_from(ground, sign_in, office_admin):
    _loads(ground, 60, 150)
    one, other = ground.grids[:2]
    office = sign_in(office_admin, lang="en")
    page = office.get(f"/areas/plans/standard/{ground.areas['spring'].pk}/").content.decode()
    assert f"/areas/plans/standard/{one.pk}/merge/{other.pk}/" in page
    answer = office.post(f"/areas/plans/standard/{one.pk}/merge/{other.pk}/")
    plan = BoundaryPlan.objects.get()
    assert answer["Location"] == f"/areas/plans/{plan.pk}/edit/?since=1&merged=m{one.pk}"
    said = office.get(f"/areas/plans/{plan.pk}/document/?since=1").json()
    whole = next(f for f in said["shapes"]["features"] if f["id"] == f"m{one.pk}")
    assert (whole["properties"]["numbers"]["households"], len(said["shapes"]["features"])) == (420, 5)
    assert whole["properties"]["from"] == sorted([one.pk, other.pk])
    assert len(said["before"]["shapes"]["features"]) == 6
    assert not any(
        fault["level"] == "error" for fault in office.post(f"/areas/plans/{plan.pk}/check/").json()["faults"]
    )


def test_the_suggested_border_opens_the_editor_there(ground, sign_in, office_admin):
    one, other, far = ground.grids[0], ground.grids[1], ground.grids[5]
    office = sign_in(office_admin, lang="en")
    answer = office.post(f"/areas/plans/standard/{one.pk}/border/{other.pk}/")
    plan = BoundaryPlan.objects.get()
    assert answer["Location"] == f"/areas/plans/{plan.pk}/edit/?border=a{one.pk},a{other.pk}"
    assert (plan.revision, plan.name) == (1, f"{one.name} + {other.name}: border")
    apart = office.post(f"/areas/plans/standard/{one.pk}/merge/{far.pk}/", follow=True).content.decode()
    assert "have no border in common" in apart
    assert BoundaryPlan.objects.count() == 1


def test_the_suggested_split_is_proposed_for_that_grid_alone(ground, sign_in, office_admin):
    _loads(ground, 400)
    one, spring = ground.grids[0], ground.areas["spring"]
    office = sign_in(office_admin, lang="en")
    said = {"old_estate": "0", "count": "2"}
    page = office.post(f"/areas/plans/propose/{spring.pk}/?only={one.pk}", said, follow=True).content.decode()
    assert f"Proposals to split {one.name}" in page
    way = DivisionProposal.objects.get().ways.get(nth=1)
    office.post(f"/areas/plans/proposals/{way.proposal_id}/take/1/")
    shapes = shapes_of(BoundaryPlan.objects.get())
    assert (len(shapes), [shape.name for shape in shapes if shape.locked]) == (7, [])
    today = {shape.area_id: shape.geometry for shape in as_they_stand(spring, "grid")[0]}
    same = [s.area_id for s in shapes if s.area_id and _same(s.geometry, today[s.area_id])]
    assert sorted(same) == sorted(grid.pk for grid in ground.grids[1:6])


def _same(one, other):
    return one.symmetric_difference(other).area < 1e-15


@pytest.mark.parametrize("who", ["worker", "lead", "leader", "office"])
def test_only_who_plans_boundaries_follows_suggestions(ground, sign_in, who):
    one, other = ground.grids[:2]
    client = sign_in(ground.people[who])
    assert client.post(f"/areas/plans/standard/{one.pk}/merge/{other.pk}/").status_code == 404
    assert client.post(f"/areas/plans/standard/{one.pk}/border/{other.pk}/").status_code == 404
    assert BoundaryPlan.objects.count() == 0


def test_of_too_many_grids_the_report_shows_the_communities(ground, sign_in, office_admin, monkeypatch):
    client, street, spring = sign_in(office_admin, lang="en"), ground.areas["street"], ground.areas["spring"]
    whole = client.get(f"/areas/plans/standard/{street.pk}/").content.decode()
    monkeypatch.setattr("grids.views.standard.MOST_GRIDS", 3)
    short = client.get(f"/areas/plans/standard/{street.pk}/").content.decode()
    assert (ground.grids[0].name in whole, ground.grids[0].name in short) == (True, False)
    assert f'href="/areas/plans/standard/{spring.pk}/"' in short
    assert ground.grids[0].name in client.get(f"/areas/plans/standard/{spring.pk}/").content.decode()
    assert client.get(f"/areas/plans/standard/{street.pk}/print/").content.startswith(b"%PDF")


def test_of_too_many_people_a_review_leaves_out_those_of_single_grids(ground, cast, now, monkeypatch):
    street = ground.areas["street"]
    assert cast.people["worker"] in people_of(street, now)
    monkeypatch.setattr("teams.standing.MOST_PEOPLE", 3)
    offered = set(people_of(street, now))
    assert {cast.people[one] in offered for one in ("office", "leader", "desk", "office_admin")} == {True}
    assert {cast.people[one] in offered for one in ("worker", "lead", "neighbour")} == {False}
