"""Patrols: who may plan, walk and look; what comes through the door; how long a way is kept; what counts as seen."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from gridgov.audit.models import AuditEvent
from gridgov.look import following
from gridgov.sync.actions import receive
from grids.models import BoundaryVersion
from incidents.models import PatrolFinding
from teams import patrols as reads
from teams.actions import patrol_coverage as coverage
from teams.actions import patrol_plans as plans
from teams.actions import patrol_tracks as ways
from teams.actions import patrols as actions
from teams.models import CheckpointMark, Patrol, PatrolCoverage, PatrolTrack, TrackChunk
from tests import factories as f
from tests.cast import ROLE_NAMES

PLANNERS = {"lead", "desk", "office"}
WALKERS = {"worker", "lead"}
LOOKERS = {"office"}


@pytest.fixture
def route(cast, now):
    return f.make_route(cast.areas["grid"], by=cast.people["lead"], now=now)


def send(kind, payload, *, by, now, at=None):
    return receive(uuid4(), kind, payload, by=by, now=now, captured_at=at or now, keep=True)


def rows(begin, count=40, lon=124.0, lat=29.4, east=0.00015):
    """A walk eastward, a point each ten seconds."""
    return [[lon + n * east, lat, begin.timestamp() + 10 * n, 6.0] for n in range(count)]


def walked(route, by, now, *, begin=None, points=None, end=True):
    """A whole patrol by the actions."""
    begin, walk = begin or now - timedelta(hours=2), actions.Walk(uuid4(), route)
    said = {"offset": 0.0, "by": by, "now": now}
    patrol = actions.take_fact(walk, "start", seq=0, at=begin, **said)
    if points != []:
        patrol = actions.take_chunk(walk, points or rows(begin), seq=0, **said)
    if end:
        patrol = actions.take_fact(walk, "end", seq=1, at=begin + timedelta(minutes=30), **said)
    return patrol


def may(act) -> bool:
    try:
        act()
    except PermissionDenied:
        return False
    return True


def test_who_may_plan_walk_and_look(cast, route, now):
    patrol = actions.hand_in(walked(route, cast.people["worker"], now), "", by=cast.people["worker"], now=now)
    stops = [plans.Stop("东门")]
    found = {"plan": set(), "walk": set(), "look": set()}
    for name in ROLE_NAMES:
        who = cast.people[name]
        if may(lambda w=who: plans.edit_route(route, name="甲", stops=stops, by=w, now=now)):
            found["plan"].add(name)
        if may(lambda w=who: walked(route, w, now)):
            found["walk"].add(name)
        if may(lambda w=who: ways.look_at_track(patrol, "投诉核查", by=w, now=now)):
            found["look"].add(name)
    assert found == {"plan": PLANNERS, "walk": WALKERS, "look": LOOKERS}


def test_the_walker_sees_it_first_and_then_the_office(cast, route, now):
    worker, office = cast.people["worker"], cast.people["office"]
    patrol = walked(route, worker, now)
    seen = {who: Patrol.objects.visible_to(cast.people[who], now).count() for who in ("worker", "office", "neighbour")}
    assert seen == {"worker": 1, "office": 0, "neighbour": 0}
    with pytest.raises(PermissionDenied):
        ways.look_at_track(patrol, "投诉核查", by=office, now=now)
    with pytest.raises(PermissionDenied):
        actions.hand_in(patrol, "好", by=office, now=now)
    actions.hand_in(patrol, "东门有积水", by=worker, now=now)
    assert Patrol.objects.visible_to(office, now).get().comment == "东门有积水"


def test_a_day_after_its_end_the_office_sees_what_was_not_handed_in(cast, route, now):
    walked(route, cast.people["worker"], now)
    assert Patrol.objects.visible_to(cast.people["office"], now + timedelta(hours=25)).count() == 1


def test_each_look_asks_why_is_logged_and_read_by_the_walker(cast, route, now, sign_in):
    worker, office = cast.people["worker"], cast.people["office"]
    patrol = actions.hand_in(walked(route, worker, now), "", by=worker, now=now)
    client, url = sign_in(office), reverse("patrols:look", args=[patrol.pk])
    assert "patrol-shapes" not in client.get(reverse("patrols:patrol", args=[patrol.pk])).content.decode()
    assert patrol.looks.count() == 0
    assert "patrol-shapes" not in client.post(url, {"reason": ""}).content.decode()
    assert "LineString" in client.post(url, {"reason": "居民投诉未巡到"}).content.decode()
    assert AuditEvent.objects.filter(action="teams.look_at_track").count() == 1
    page = sign_in(worker).get(reverse("walks:patrol", args=[patrol.pk])).content.decode()
    assert "居民投诉未巡到" in page
    assert office.name in page


def test_pieces_come_through_the_door_in_any_order_once(cast, route, now):
    worker, key, begin = cast.people["worker"], str(uuid4()), now - timedelta(hours=1)
    base = {"patrol": key, "route": route.pk, "plan": None}
    stop = route.checkpoints.first()
    pieces = [
        ("teams.checkpoint", base | {"checkpoint": stop.pk, "at": begin.timestamp() + 60, "why": "", "how": "code"}),
        ("teams.patrol_track", base | {"seq": 0, "points": rows(begin)}),
        ("teams.patrol", base | {"fact": "end", "seq": 1, "at": begin.timestamp() + 900}),
        ("teams.patrol", base | {"fact": "start", "seq": 0, "at": begin.timestamp()}),
    ]
    receipts = [send(kind, payload, by=worker, now=now) for kind, payload in pieces * 2]
    assert {receipt.status for receipt in receipts} == {201}
    patrol = Patrol.objects.get()
    assert (patrol.started_at, patrol.ended_at - patrol.started_at) == (begin, timedelta(minutes=15))
    assert {receipt.id for receipt in receipts} == {str(patrol.pk)}
    assert patrol.marks.get().how == "code"
    assert len(patrol.track.line[0]) > 30


@pytest.mark.parametrize(
    "wrong",
    [{"route": 999_999}, {"patrol": "x"}, {"seq": None}, {"points": [["a", 1, 2]]}, {"points": []}, {"points": [[]]}],
    ids=["route", "patrol", "seq", "text", "none", "short"],
)
def test_what_makes_no_sense_is_kept_for_somebody_to_look(cast, route, now, wrong):
    payload = {"patrol": str(uuid4()), "route": route.pk, "seq": 0, "points": rows(now)} | wrong
    assert send("teams.patrol_track", payload, by=cast.people["worker"], now=now).status == 202
    assert not Patrol.objects.exists()


def test_nobody_adds_to_somebody_elses_patrol(cast, route, now):
    patrol = walked(route, cast.people["worker"], now)
    payload = {"patrol": str(patrol.key), "route": route.pk, "seq": 9, "points": rows(now)}
    assert send("teams.patrol_track", payload, by=cast.people["lead"], now=now).status == 202
    assert TrackChunk.objects.count() == 1


def test_a_patrol_without_any_position_is_fine(cast, route, now):
    patrol = walked(route, cast.people["worker"], now, points=[])
    assert (patrol.ended_at is not None, PatrolTrack.objects.count()) == (True, 0)


def test_an_unconfirmed_checkpoint_says_why_and_blocks_nothing(cast, route, now):
    worker, stop = cast.people["worker"], route.checkpoints.first()
    walk = actions.Walk(uuid4(), route)
    mark = actions.Mark("closed", "物业锁门")
    patrol = actions.take_mark(walk, stop, mark, at=now, by=worker, now=now)
    assert [s.state for s in reads.stops_of(patrol)] == ["unconfirmed", "open", "open"]
    actions.take_mark(walk, stop, actions.Mark(), at=now + timedelta(minutes=5), by=worker, now=now)
    assert [s.state for s in reads.stops_of(patrol)] == ["confirmed", "open", "open"]


def test_points_go_after_the_retention_and_the_rest_stays(cast, route, now):
    worker = cast.people["worker"]
    old = walked(route, worker, now, begin=now - timedelta(days=31))
    young = walked(route, worker, now, begin=now - timedelta(days=29))
    assert [ways.forget_tracks(now=now), ways.forget_tracks(now=now)] == [1, 0]
    assert list(PatrolTrack.objects.values_list("patrol", flat=True)) == [young.pk]
    assert set(TrackChunk.objects.values_list("patrol_id", flat=True)) == {young.pk}
    assert Patrol.objects.filter(pk=old.pk).exists()


def test_a_file_becomes_ones_own_patrol_or_says_why_not(cast, route, now):
    from teams import gpx

    worker, begin = cast.people["worker"], now - timedelta(days=2)
    data = gpx.write([[tuple(row[:3]) for row in rows(begin)]], name="x")
    patrol = ways.import_track(route, data, on=date(2026, 11, 25), by=worker, now=now)
    assert (patrol.source, patrol.walker, len(patrol.track.line)) == ("file", worker, 1)
    with pytest.raises(ValidationError, match="30"):
        ways.import_track(route, data, on=date(2026, 11, 25), by=worker, now=now + timedelta(days=40))


def test_a_file_without_times_taken_in_before_noon_does_not_lie_ahead(cast, route, now):
    morning = timezone.localtime(now).replace(hour=0, minute=10)
    data = b'<gpx version="1.1"><trk><trkseg>%s</trkseg></trk></gpx>' % b"".join(
        b'<trkpt lat="29.4" lon="%.5f"/>' % (124.0 + n * 0.00015) for n in range(40)
    )
    patrol = ways.import_track(route, data, on=morning.date(), by=cast.people["worker"], now=morning)
    assert patrol.started_at == morning
    with pytest.raises(ValidationError, match="on"):
        ways.import_track(route, data, on=morning.date() + timedelta(days=1), by=cast.people["worker"], now=morning)


def test_ones_own_track_is_named_by_the_day_on_which_it_was_walked(cast, route, now, sign_in):
    begin = timezone.localtime(now - timedelta(days=1)).replace(hour=0, minute=30)  # the day before in UTC
    patrol = walked(route, cast.people["worker"], now, begin=begin)
    answer = sign_in(cast.people["worker"]).get(reverse("walks:track", args=[patrol.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="patrol-{begin:%Y%m%d}-0030.gpx"'


def test_a_patrol_over_midnight_says_both_days(cast, route, now, sign_in):
    begin = timezone.localtime(now - timedelta(days=2)).replace(hour=23, minute=50)
    patrol = walked(route, cast.people["worker"], now, begin=begin)
    page = sign_in(cast.people["worker"]).get(reverse("walks:patrol", args=[patrol.pk])).content.decode()
    with translation.override("zh-hans"):
        assert f"{begin:%Y-%m-%d} 23:50 – {following(begin + timedelta(minutes=30), begin)}" in page
    assert "23:50 – 00:20" not in page


def square(west, south, size):
    ring = ((west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south))
    return MultiPolygon(Polygon(ring), srid=4326)


def test_coverage_of_a_hand_made_grid(cast, route, now):
    """A grid 0.01° wide; a way along its southern edge passes the first of two houses and a tenth of nothing else."""
    grid, worker = cast.areas["grid"], cast.people["worker"]
    polygon = square(124.0, 29.4, 0.01)
    BoundaryVersion.objects.create(area=grid, kind="grid", polygon=polygon, since=now - timedelta(days=400))
    near = f.make_building(grid, "近楼", point=Point(124.001, 29.4001, srid=4326))
    far = f.make_building(grid, "远楼", point=Point(124.001, 29.405, srid=4326))
    begin = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
    patrol = walked(route, worker, now, begin=begin, points=rows(begin, 60, east=0.000167))
    walk = actions.Walk(patrol.key, route)
    first, second, _third = route.checkpoints.all()
    actions.take_mark(walk, first, actions.Mark(), at=begin, by=worker, now=now)
    actions.take_mark(walk, second, actions.Mark("closed"), at=begin, by=worker, now=now)
    coverage.reckon_week(date(2026, 11, 18), now=now)
    coverage.reckon_week(date(2026, 11, 18), now=now)
    row = PatrolCoverage.objects.get(area=grid)
    assert row.week == date(2026, 11, 16)
    assert (row.checkpoints, row.confirmed, row.unconfirmed) == (3, 1, 1)
    assert (row.buildings, row.buildings_seen, row.unseen) == (2, 1, [far.pk])
    assert row.ground == pytest.approx(30 / 1108, rel=0.08)  # 30 m of the grid's 1,108 m, over its whole width
    assert near.pk not in row.unseen
    other = PatrolCoverage.objects.get(area=cast.areas["next_grid"])
    assert (other.checkpoints, other.buildings_seen, other.ground) == (0, 0, 0)


def test_a_checkpoint_beyond_the_border_counts_where_its_route_belongs(cast, now):
    for n, name in enumerate(("next_grid", "other_grid")):
        made = {"polygon": square(124.0 + n / 100, 29.4, 0.01), "since": now - timedelta(days=400)}
        BoundaryVersion.objects.create(area=cast.areas[name], kind="grid", **made)
    stops = [plans.Stop("近", 124.005, 29.405), plans.Stop("远", 124.015, 29.405)]
    route = plans.create_route(area=cast.areas["grid"], name="沿街", stops=stops, by=cast.people["office"], now=now)
    assert [stop.area.name for stop in route.checkpoints.order_by("order")] == ["春风第二网格", "春风第一网格"]


def test_a_week_whose_points_may_be_gone_is_left_as_it_was(cast, route, now):
    old = coverage.monday((now - timedelta(days=40)).date())
    PatrolCoverage.objects.create(area=cast.areas["grid"], area_path="x", week=old, buildings_seen=7, reckoned_at=now)
    coverage.reckon(now=now)
    assert PatrolCoverage.objects.get(week=old).buildings_seen == 7
    assert PatrolCoverage.objects.exclude(week=old).exists()


def test_a_finding_is_listed_on_its_patrol_even_when_it_comes_first(cast, route, now, sign_in):
    worker, key = cast.people["worker"], uuid4()
    f.seed_calendars(now=now)
    category = f.make_category(on_the_spot=True)
    report = {"category": category.code, "description": "三楼堆满纸箱", "patrol": str(key)}
    building = f.make_building(cast.areas["grid"], "3号楼")
    found = send("incidents.report", report | {"building": building.pk}, by=worker, now=now)
    solved = send("incidents.report", report | {"building": building.pk, "resolved": "已清走"}, by=worker, now=now)
    assert {found.status, solved.status} == {201}
    assert PatrolFinding.objects.of(key).count() == 2
    page = sign_in(worker).get(reverse("incidents:patrol_findings", args=[key])).content.decode()
    assert page.count(reverse("incidents:detail", args=[found.id])) == 1
    other = sign_in(cast.people["far_worker"]).get(reverse("incidents:patrol_findings", args=[key])).content.decode()
    assert found.id not in other


@pytest.mark.parametrize("week", ["0001-01-01", "9999-12-31", "\x00"])
def test_a_week_no_calendar_reaches_is_this_one(cast, sign_in, week):
    assert sign_in(cast.people["lead"]).get(reverse("patrols:coverage"), {"week": week}).status_code == 200


@pytest.mark.parametrize("name", ["patrols:routes", "patrols:list", "patrols:coverage", "walks:home"])
def test_lists_cost_the_same_with_one_row_and_three(cast, now, sign_in, name):
    lead, client, counts = cast.people["lead"], None, []
    for _round in range(2):
        for _nth in range(1 if not counts else 2):
            made = f.make_route(cast.areas["grid"], by=lead, now=now)
            f.make_patrol_plan(made, by=lead, now=now, unit=cast.units["team"])
            actions.hand_in(walked(made, lead, now), "好", by=lead, now=now)
        coverage.reckon_week(timezone.localdate(now), now=now)
        client = client or sign_in(lead)
        client.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_route_is_drawn_changed_printed_and_taken_out_of_use(cast, now, sign_in):
    client = sign_in(cast.people["office"])
    typed = {
        "name": "春风夜巡", "area": cast.areas["grid"].pk,
        "stop_id": ["", ""], "stop_name": ["东门", "配电房"], "stop_lon": ["124.0", ""], "stop_lat": ["29.4", ""],
        "stop_building": ["", ""],
    }  # fmt: skip
    unnamed, many = typed | {"stop_name": ["\x00", ""]}, "9" * 5000
    for nonsense in ({}, {"stop_building": [many, "²"]}, {"stop_id": ["\x00", many]}, {"stop_lon": ["nan", "1e999"]}):
        assert client.post(reverse("patrols:create_route"), unnamed | nonsense).status_code == 200
    made = client.post(reverse("patrols:create_route"), typed)
    assert made.status_code == 302
    route = plans.PatrolRoute.objects.get()
    first, second = route.checkpoints.all()
    typed |= {"stop_id": [str(second.pk), str(first.pk)], "stop_name": ["配电房", "东门"], "stop_lon": ["", "124.0"]}
    typed |= {"stop_lat": ["", "29.4"]}
    client.post(reverse("patrols:edit_route", args=[route.pk]), typed)
    assert [stop.pk for stop in route.checkpoints.order_by("order")] == [second.pk, first.pk]
    plan = {"rhythm": "weekdays", "weekdays": ["1", "4"], "since": "2026-11-01", "unit": cast.units["team"].pk}
    client.post(reverse("patrols:create_plan", args=[route.pk]), plan)
    assert route.plans.get().weekdays == [1, 4]
    assert client.get(reverse("patrols:posters", args=[route.pk])).content[:5] == b"%PDF-"
    client.post(reverse("patrols:retire_route", args=[route.pk]))
    assert client.get(reverse("patrols:routes")).context["page"].rows == []
    client.post(reverse("patrols:reopen_route", args=[route.pk]))
    assert len(client.get(reverse("patrols:routes")).context["page"].rows) == 1


def test_ones_own_track_can_be_taken_along_by_nobody_else(cast, route, now, sign_in):
    patrol = walked(route, cast.people["worker"], now)
    url = reverse("walks:track", args=[patrol.pk])
    assert b"<trkpt" in sign_in(cast.people["worker"]).get(url).content
    assert sign_in(cast.people["lead"]).get(url).status_code == 404
    assert sign_in(cast.people["office"]).get(url).status_code == 403


def test_a_due_patrol_leads_from_today_to_its_walk_and_checkpoints(cast, route, now, sign_in):
    client, plan = (
        sign_in(cast.people["worker"]),
        f.make_patrol_plan(route, by=cast.people["lead"], now=now, unit=cast.units["team"]),
    )
    today = client.get(reverse("assessment:today")).content.decode()
    assert reverse("walks:walk", args=[route.pk]) + f"?plan={plan.pk}" in today
    assert client.get(reverse("walks:walk", args=[route.pk]) + f"?plan={plan.pk}").context["walk"]["plan"] == plan.pk
    assert client.get(reverse("walks:checkpoint", args=[route.checkpoints.first().pk])).status_code == 200


def test_the_list_of_walks_counts_their_places_without_joining_them(cast, route, now, sign_in):
    worker, lead = cast.people["worker"], cast.people["lead"]
    patrol = walked(route, worker, now)
    actions.hand_in(patrol, "", by=worker, now=now)
    CheckpointMark.objects.filter(patrol=patrol).delete()
    stops = list(route.checkpoints.all())
    for stop in stops:
        facts = {"is_confirmed": stop != stops[0], "why": "closed" if stop == stops[0] else "", "at": now}
        CheckpointMark.objects.create(patrol=patrol, checkpoint=stop, **facts)
    with CaptureQueriesContext(connection) as asked:
        page = sign_in(lead).get(reverse("patrols:list"))
    row = page.context["page"].rows[0]
    assert (row.confirmed, row.unconfirmed) == (len(stops) - 1, 1)
    (listed,) = [one["sql"] for one in asked if 'ORDER BY "teams_patrol"."started_at" DESC' in one["sql"]]
    assert "GROUP BY" not in listed.split("WHERE")[-1]


def test_the_only_route_is_chosen_for_a_track_from_a_file(route, cast, sign_in, now):
    """Nobody is asked what can be only one; of two, one is chosen by hand."""
    client, url = sign_in(cast.people["worker"]), reverse("walks:import")
    assert f'<option value="{route.pk}" selected>' in client.get(url).content.decode()
    f.make_route(cast.areas["grid"], by=cast.people["lead"], now=now)
    assert f'<option value="{route.pk}" selected>' not in client.get(url).content.decode()
