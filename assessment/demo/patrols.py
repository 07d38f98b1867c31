"""Patrols of the demo street: two routes, plans, three weeks of walks with their ways, a gap, a locked door."""

import itertools
import math
import random
from datetime import datetime, time, timedelta
from uuid import uuid4

from django.utils import timezone

from assessment.demo.people import SPRING
from assessment.demo.street import Street
from gridgov.accounts.models import User
from grids.models import Building
from teams.actions import patrol_coverage, patrol_plans
from teams.actions.patrol_plans import Rule, Stop
from teams.actions.patrols import Mark, Walk, hand_in, take_chunk, take_fact, take_mark
from teams.models import Patrol, PatrolRoute
from teams.tracks import MOST_POINTS

DAYS = 21
PACE = 1.1  # metres a second: somebody who looks around
ROUTES = (
    ("第一网格日间巡查", "001", ("东门消防通道", "配电房", "电动车充电棚", "小广场")),
    ("第二网格夜间巡查", "002", ("西门岗亭", "地下车库入口", "垃圾分类点")),
)
COMMENTS = ("充电棚有飞线，已当场劝离。", "", "路灯两盏不亮，已上报。", "", "")


def write_patrols(street: Street) -> None:
    """Everything, by the actions that the phone's pieces come to."""
    chance = random.Random(20261125)  # noqa: S311 - a demo's dice, not a secret
    for name, suffix, stops in ROUTES:
        code = f"{SPRING}{suffix}"
        head, worker = street.people[f"WZ{code[-4:]}"], street.people[f"WG{code[-4:]}"]
        houses = [house for house in street.buildings[code] if house.point][: len(stops) + 3]
        route = _route(street, code, name, stops, houses, head)
        for back in range(DAYS, 0, -1):
            if (back + int(suffix)) % 2:
                _walk(street, route, houses, worker, back, chance)
    patrol_coverage.reckon(now=street.now)


def _route(
    street: Street, code: str, name: str, stops: tuple[str, ...], houses: list[Building], by: User
) -> PatrolRoute:
    drawn = [
        Stop(words, house.point.x, house.point.y, house)
        for words, house in zip(stops, houses, strict=False)
        if house.point
    ]
    route = patrol_plans.create_route(area=street.areas[code], name=name, stops=drawn, by=by, now=street.now)
    since = timezone.localdate(street.now) - timedelta(days=DAYS)
    unit = next(unit for unit in street.units.values() if unit.area_id == route.area_id and unit.kind == "grid_team")
    rule = (
        Rule("every", since, every=1, unit=unit)
        if code.endswith("1")
        else Rule("weekdays", since, None, (1, 3, 5), unit=unit)
    )
    patrol_plans.create_plan(route, rule, by=by, now=street.now)
    return route


def _way(houses: list[Building], begin: datetime, chance: random.Random, *, gap: bool) -> list[list[float]]:
    """From house to house at a walker's pace, a point every ten seconds; with a gap the phone was silent for a while."""
    points: list[list[float]] = []
    at = begin.timestamp()
    for nth, (one, other) in enumerate(itertools.pairwise(houses)):
        if not one.point or not other.point:
            continue
        east = (other.point.x - one.point.x) * 111_320 * math.cos(math.radians(one.point.y))
        north = (other.point.y - one.point.y) * 110_570
        steps = max(int(math.hypot(east, north) / PACE / 10), 1)
        for step in range(steps):
            at += 10
            share = step / steps
            shake = chance.uniform(-0.00002, 0.00002)
            if not (gap and nth == 1):
                lon = one.point.x + share * (other.point.x - one.point.x) + shake
                points.append([lon, one.point.y + share * (other.point.y - one.point.y) + shake, at, 8.0])
        at += 60 if nth % 2 else 20
    return points


def _walk(
    street: Street, route: PatrolRoute, houses: list[Building], by: User, back: int, chance: random.Random
) -> Patrol:
    day = timezone.localdate(street.now) - timedelta(days=back)
    begin = timezone.make_aware(datetime.combine(day, time(chance.choice((9, 10, 15)), chance.randrange(50))))
    walk = Walk(uuid4(), route, route.plans.first())
    shown = houses[: len(houses) - chance.randrange(3)]
    points = _way(shown, begin, chance, gap=back % 5 == 0)
    end = datetime.fromtimestamp(points[-1][2] + 30, begin.tzinfo) if points else begin + timedelta(minutes=40)
    take_fact(walk, "start", seq=0, at=begin, offset=0, by=by, now=begin)
    for seq, at in enumerate(range(0, len(points), MOST_POINTS)):
        take_chunk(walk, points[at : at + MOST_POINTS], seq=seq, offset=0, by=by, now=end)
    stops = list(route.checkpoints.order_by("order"))
    for nth, stop in enumerate(stops):
        closed = nth == 1 and back % 3 == 0
        mark = Mark("closed", "物业下班，门锁着") if closed else Mark(how="code" if nth == 0 else "hand")
        if nth < 3 or back % 4:
            take_mark(walk, stop, mark, at=begin + (end - begin) * (nth + 1) / (len(stops) + 1), by=by, now=end)
    patrol = take_fact(walk, "end", seq=1, at=end, offset=0, by=by, now=end)
    return hand_in(patrol, chance.choice(COMMENTS), by=by, now=end + timedelta(minutes=3))
