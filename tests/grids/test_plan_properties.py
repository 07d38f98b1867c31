"""Whatever hands draw, no plan that takes effect leaves an overlap, a gap or a crack; through the real actions."""

import random
from dataclasses import dataclass
from datetime import timedelta

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from grids.actions import plans
from grids.division import ground
from grids.division.checks import check, division_of
from grids.division.document import shapes_of
from grids.division.repair import repaired
from grids.geodata.measure import square_metres
from grids.models import Building
from tests.examples import examples
from tests.grids import drawing
from tests.grids.divided import divide, whole

SPECK_M2 = 1.0  # the same at the outer border, which is not the plan’s
TRACE_M2 = 0.01  # what is less is the rounding of coordinates


def _draw(plan, hands, chance, by, now):
    shapes = [shape for shape in shapes_of(plan) if shape.geometry is not None]
    for hand in hands:
        shapes = drawing.HANDS[hand](shapes, chance)
    saved = plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)
    for _round in range(3):
        division = division_of(saved)
        faults = [fault for fault in check(division) if fault.fixable]
        if not faults:
            break
        mended = repaired(division, faults)
        saved = plans.save_draft(saved, mended, [], revision=saved.revision, by=by, now=now)
    return saved


def _hold(parent):
    """The polygons that hold now, held against the plainest oracle: every pair, and the whole."""
    areas = ground.children_of(parent, "grid")
    polygons = [version.drawing for version in ground.current_of(areas).values()]
    assert len(polygons) == len(areas)
    assert shapely.is_valid(polygons).all()
    for nth, one in enumerate(polygons):
        for other in polygons[nth + 1 :]:
            assert square_metres(shapely.intersection(one, other)) < TRACE_M2
    union = shapely.union_all(polygons)
    assert square_metres(shapely.symmetric_difference(union, whole())) < SPECK_M2
    assert shapely.coverage_is_valid(polygons)
    held = set(Building.objects.filter(area_path__startswith=parent.path).values_list("area_id", flat=True))
    assert held <= {area.pk for area in areas}


@dataclass
class Tally:
    """How many plans were drawn, and how many of them took effect."""

    drawn: int = 0
    effective: int = 0


def _sequence(cast, seed, plans_drawn, now, tally):
    """One world: plan after plan, each drawn on what the one before left."""
    spring, by, leader = cast.areas["spring"], cast.people["office_admin"], cast.people["leader"]
    chance = random.Random(seed)
    for nth, hands in enumerate(plans_drawn):
        at = now + timedelta(minutes=nth + 1)
        plan = plans.create_plan(spring, kind="grid", name=f"方案{nth}", by=by, now=at)
        plan = _draw(plan, hands, chance, by, at)
        tally.drawn += 1
        try:
            plans.submit(plan, effective_on=timezone.localdate(at), words="好", by=by, now=at)
            plans.approve(plan, by=leader, now=at)
            plans.take_effect(plan, by=by, now=at)
            tally.effective += 1
        except ValidationError as refused:
            if refused.code != "faults":
                raise
        _hold(spring)
    connection.check_constraints()  # what a commit would have looked at


def _property(runs, nth, tally):
    """The property on `runs` examples, others for each `nth`."""

    @seed(nth)
    @settings(
        max_examples=runs,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        chance=st.integers(0, 2**32),
        plans_drawn=st.lists(
            st.lists(st.integers(0, len(drawing.HANDS) - 1), min_size=1, max_size=4), min_size=2, max_size=3
        ),
    )
    def holds(cast, now, chance, plans_drawn):
        with transaction.atomic():
            _sequence(cast, chance, plans_drawn, now, tally)
            transaction.set_rollback(True)

    return holds


def test_no_plan_leaves_an_overlap_or_a_gap(cast, now):
    tally = Tally()
    _property(examples(20, 20), 0, tally)(divide(cast), now)
    assert tally.effective > tally.drawn / 2


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(1, examples(2, 21)))
def test_no_plan_of_thousands_leaves_an_overlap_or_a_gap(part, swept, cast, now):
    """Two or three plans an example, in parts of one transaction each: what they roll back does not pile up."""
    tally = Tally()
    _property(examples(5, 125), part, tally)(divide(cast), now)
    assert tally.drawn >= examples(10, 250)  # of twenty parts: 5,000
    assert tally.effective > tally.drawn / 2
