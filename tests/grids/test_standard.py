"""The report on the standard and the yearly reviews."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grids.actions import reviews as actions
from grids.division.standard import report
from grids.models import Building, ReviewDecision, StandardReview
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
