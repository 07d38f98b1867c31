"""The steps of a boundary plan, as short words: what is drawn, saved, mended and taken to its effect."""

import shapely
from django.utils import timezone

from grids.actions import plans
from grids.division.checks import check, division_of
from grids.division.document import shapes_of
from grids.division.repair import repaired
from grids.division.shapes import many
from tests.grids.divided import cell


def save(plan, shapes, by, now):
    """The next revision of the draft."""
    return plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)


def go(plan, office_admin, leader, now):
    """From a draft to its effect."""
    plans.submit(plan, effective_on=timezone.localdate(now), words="街道会议通过", by=office_admin, now=now)
    plans.approve(plan, by=leader, now=now)
    return plans.take_effect(plan, by=office_admin, now=now)


def halves(nth):
    """The cell of grid number `nth`, cut from north to south: west and east."""
    west, south, east, north = cell(nth).bounds
    middle = round((west + east) / 2, 7)
    return shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)


def split_first(plan, cast, by, now):
    """The first grid becomes two; its northern and southern neighbours get the new corner."""
    shapes = [shape for shape in shapes_of(plan) if shape.area_id != cast.grids[0].pk]
    old = next(shape for shape in shapes_of(plan) if shape.area_id == cast.grids[0].pk)
    west, east = halves(0)
    for name, half in (("春风西", west), ("春风东", east)):
        facts = {"area_id": None, "code": "", "sources": (cast.grids[0].pk,), "key": name.replace("春风", "n")}
        shapes.append(old.but(name=name, geometry=many(half), **facts))
    saved = save(plan, shapes, by, now)
    return save(saved, fixed(saved), by, now)


def fixed(plan):
    """Its shapes with every fault mended that a program can mend."""
    division = division_of(plan)
    return repaired(division, [fault for fault in check(division) if fault.fixable])
