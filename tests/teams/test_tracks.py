"""From points to a line: any order, any repetition, any cut gives the same one; other programs' files break nothing."""

import math
import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from teams import gpx, tracks
from teams.actions import patrols as actions
from teams.models import Patrol, PatrolTrack
from tests import factories
from tests.examples import examples

CORPUS = sorted((Path(__file__).parents[1] / "data" / "tracks").glob("*.gpx"))
BEGIN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)


def walk(steps, lon=124.0, lat=29.4):
    """Points of somebody on foot: (seconds, metres east) each after the one before."""
    points, at, east = [], BEGIN.timestamp(), 0.0
    for seconds, metres in steps:
        at, east = at + seconds, east + metres
        points.append(tracks.Point(at, lon + east / (111_320 * math.cos(math.radians(lat))), lat, 8.0))
    return points


def test_a_fix_counts_after_ten_metres_or_thirty_seconds():
    line = tracks.line_of(walk([(0, 0), (5, 4), (5, 7), (31, 0), (10, 3)]))
    assert [round(m - BEGIN.timestamp()) for _x, _y, m in line.segments[0]] == [0, 10, 41]


def test_vague_and_too_fast_fixes_are_dropped():
    points = walk([(0, 0), (10, 15), (10, 15)])
    wild = tracks.Point(points[1].at + 5, 126.0, 31.0, 5.0)
    vague = tracks.Point(points[1].at + 6, points[1].lon + 0.0002, points[1].lat, 80.0)
    assert tracks.line_of([*points, wild, vague]) == tracks.line_of(points)


@pytest.mark.parametrize("step", [(61, 20), (50, 210)], ids=["a minute", "200 metres"])
def test_a_gap_begins_a_new_segment(step):
    line = tracks.line_of(walk([(0, 0), (10, 15), step, (10, 15)]))
    assert ([len(part) for part in line.segments], line.gaps) == ([2, 2], 1)


def test_nothing_is_recorded_while_paused_nor_after_the_end():
    points, t = walk([(0, 0), *[(10, 14)] * 11]), BEGIN.timestamp()
    facts = [("start", t), ("pause", t + 35), ("resume", t + 75), ("end", t + 105)]
    line = tracks.line_of(points, tracks.recording_of(facts))
    assert [[round(m - t) for _x, _y, m in part] for part in line.segments] == [[0, 10, 20, 30], [80, 90, 100]]
    assert line.gaps == 0


def test_what_was_filtered_once_stays_when_filtered_again():
    chance = random.Random(7)
    points = walk([(chance.uniform(1, 40), chance.uniform(0, 30)) for _ in range(300)])
    once = tracks.line_of(points)
    again = tracks.line_of([tracks.Point(m, x, y, 8.0) for part in once.segments for x, y, m in part])
    assert again.segments == once.segments


STEP = st.tuples(st.sampled_from([4.0, 9.0, 31.0, 70.0]), st.sampled_from([0.0, 12.0, 25.0, 180.0]))


@settings(max_examples=examples(12, 400), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=3, max_size=40), data=st.data())
def test_any_order_repetition_and_cut_of_a_day_gives_the_same_patrol(cast, steps, data):
    worker, points = cast.people["worker"], walk(steps)
    route = factories.make_route(cast.areas["grid"], by=cast.people["lead"], now=NOW)
    stops = list(route.checkpoints.all())
    end, middle = points[-1].at + 1, points[len(points) // 2].at

    def fact(key, kind, seq, at):
        said = {"seq": seq, "at": datetime.fromtimestamp(at, UTC), "offset": 3.0}
        return lambda: actions.take_fact(actions.Walk(key, route), kind, **said, by=worker, now=NOW)

    def chunk(key, seq, part):
        rows = [[p.lon, p.lat, p.at, p.accuracy] for p in part]
        return lambda: actions.take_chunk(actions.Walk(key, route), rows, seq=seq, offset=3.0, by=worker, now=NOW)

    def mark(key, stop, why, at):
        seen = datetime.fromtimestamp(at, UTC)
        return lambda: actions.take_mark(actions.Walk(key, route), stop, actions.Mark(why), at=seen, by=worker, now=NOW)

    def pieces(key, size):
        parts = [points[n : n + size] for n in range(0, len(points), size)]
        yield from (chunk(key, seq, part) for seq, part in enumerate(parts))
        kinds = (("start", points[0].at), ("pause", middle), ("resume", middle + 5), ("end", end))
        yield from (fact(key, kind, seq, at) for seq, (kind, at) in enumerate(kinds))
        yield from (mark(key, stops[0], "closed", middle), mark(key, stops[0], "", end))
        yield mark(key, stops[1], "blocked", middle)

    seen = []
    for size, shuffled in ((60, False), (data.draw(st.integers(1, 60)), True)):
        key = uuid4()
        todo = list(pieces(key, size))
        if shuffled:
            todo = data.draw(st.permutations(todo)) + data.draw(st.lists(st.sampled_from(todo), max_size=6))
        for act in todo:
            act()
        patrol = Patrol.objects.get(key=key)
        marks = sorted(patrol.marks.values_list("checkpoint_id", "is_confirmed", "why", "at"))
        line = PatrolTrack.objects.get(patrol=patrol).line
        seen.append((patrol.started_at, patrol.ended_at, patrol.gaps, marks, line))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_no_file_of_other_programs_breaks_reading(path):
    try:
        found = gpx.read(path.read_bytes(), now=NOW)
    except ValidationError:
        found = gpx.Found()  # refused in words: no track in it
    line = tracks.line_of(found.points) if found.timed else tracks.untimed_line(found.points)
    for part in line.segments:
        for one, other in pairwise(part):
            apart = tracks.metres(tracks.Point(0, *one[:2]), tracks.Point(0, *other[:2]))
            assert apart <= tracks.GAP_METRES
            assert 0 <= other[2] - one[2] <= tracks.GAP_SECONDS


def test_the_odd_files_are_read_for_what_they_are():
    found = {path.name: path for path in CORPUS}

    def read(name):
        return gpx.read(found[name].read_bytes(), now=NOW)

    assert not read("cerknicko-without-times.gpx").timed
    assert read("cerknicko-jezero.gpx").timed
    with override("en"), pytest.raises(ValidationError, match="no track"):  # read in spite of its BOM: only places
        read("unicode_with_bom.gpx")
    assert len(CORPUS) == 28


@pytest.mark.parametrize(
    "data",
    [b"", b"<gpx", b"<kml/>", b"<gpx/>", b'<!DOCTYPE a [<!ENTITY b "c">]><gpx/>', b"\xff\xfe\x00"],
    ids=["empty", "broken", "other", "no track", "entities", "bytes"],
)
def test_what_is_no_track_is_refused_in_words(data):
    with pytest.raises(ValidationError):
        gpx.read(data, now=NOW)


def test_what_goes_out_comes_in_again():
    line = tracks.line_of(walk([(0, 0), *[(12, 15)] * 20, (90, 20), *[(12, 15)] * 5]))
    found = gpx.read(gpx.write(line.segments, name="春风巡查"), now=NOW + timedelta(days=1))
    assert found.timed
    assert tracks.line_of(found.points).gaps == line.gaps == 1
