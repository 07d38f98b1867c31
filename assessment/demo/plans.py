"""The demo's boundary plans: a split half a year ago, with its history, and a draft that still has faults."""

from datetime import datetime, timedelta
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.utils import timezone

from assessment.demo.ground import demo_ground
from assessment.demo.people import SPRING
from assessment.demo.street import SPLIT_HALVES as HALVES
from assessment.demo.street import Street
from gridgov.accounts.models import User
from grids import actions as ground
from grids.actions import plans
from grids.division.document import shapes_of
from grids.division.shapes import Shape, many
from grids.models import Area
from teams.models import Assignment
from teams.roles import Role

OLD_CODE, OLD_NAME = f"{SPRING}006", "春风南片网格"
SPLIT_DAYS, FOUNDED_DAYS = 200, 400


def _approver() -> User:
    return Assignment.objects.filter(role=Role.LEADER).select_related("user").order_by("pk")[0].user


def split_of_the_past(street: Street) -> None:
    """One large grid becomes two, by a plan that was drafted, approved, put into effect and published."""
    by, spring = street.admin(Role.OFFICE_ADMIN), street.areas[SPRING]
    day = street.now - timedelta(days=SPLIT_DAYS)
    polygons = demo_ground().areas
    whole = many(shapely.coverage_union_all([polygons[code] for code in HALVES]))
    old = ground.create_area(
        spring, kind=Area.Kind.GRID, name=OLD_NAME, code=OLD_CODE, by=by, now=street.now, households=835, persons=1935
    )
    since = street.now - timedelta(days=FOUNDED_DAYS)
    drawn = GEOSGeometry(str(whole), srid=4326)
    ground.set_boundary(old, drawn, by=by, now=street.now, since=since, source="演示数据 · 非测绘成果")
    plan = plans.create_plan(
        spring, kind=Area.Kind.GRID, name="春风南片网格一分为二", by=by, now=day - timedelta(days=20),
        note="835户超过500户上限，按楼栋分为两个网格。",
    )  # fmt: skip
    codes = {street.areas[code].pk: code for code in HALVES}
    shapes = [
        shape.but(geometry=polygons[codes[shape.area_id]], sources=(old.pk,)) if shape.area_id in codes else shape
        for shape in shapes_of(plan)
        if shape.area_id != old.pk
    ]
    _through(plan, shapes, by, day)


def _through(plan: Any, shapes: list[Shape], by: User, day: datetime) -> None:
    drawn = plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=day - timedelta(days=19))
    on = timezone.localdate(day)
    handed_in = day - timedelta(days=15)
    plans.submit(drawn, effective_on=on, words="社区居民代表会议已讨论通过。", by=by, now=handed_in)
    for row in drawn.hand_overs.select_related("user"):
        done = handed_in + timedelta(days=2)
        plans.confirm_hand_over(row, words="台账、钥匙和未办结事项已交接。", by=row.user, now=done)
    plans.approve(drawn, words="同意", by=_approver(), now=day - timedelta(days=7))
    plans.take_effect(drawn, by=by, now=day)
    plans.publish(drawn, by=by, now=day + timedelta(days=1))


def draft_of_today(street: Street) -> None:
    """A border somebody has begun to move: it overlaps a neighbour and leaves a crack beside the school."""
    by, spring = street.admin(Role.OFFICE_ADMIN), street.areas[SPRING]
    begun = street.now - timedelta(days=2)
    plan = plans.create_plan(
        spring, kind=Area.Kind.GRID, name="春风社区网格微调", by=by, now=begun, note="学校北侧两栋楼划归第一网格。"
    )
    shapes = {shape.code: shape for shape in shapes_of(plan)}
    first, third, school = (shapes[f"{SPRING}{suffix}"] for suffix in ("001", "003", "901"))
    west, south, east, north = third.geometry.bounds  # type: ignore[union-attr]
    strip = shapely.intersection(third.geometry, shapely.box(west, south + (north - south) * 0.6, east, north))
    shapes[first.code] = first.but(geometry=many(shapely.union(first.geometry, strip)))
    shapes[school.code] = school.but(geometry=many(shapely.buffer(school.geometry, -3e-6, join_style="mitre")))
    now = street.now - timedelta(hours=3)
    plans.save_draft(plan, list(shapes.values()), [], revision=plan.revision, by=by, now=now)
