"""What came from what: written when a plan takes effect, with everything further back."""

from collections.abc import Iterable
from datetime import datetime

from grids.division.change import Change
from grids.models import AreaLineage


def descend(change: Change, *, now: datetime) -> None:
    """Rows for ground that passed from an area that goes, or to one that comes; and for what these came from."""
    gone = {area.pk for area in change.retired}
    come = {change.ids[shape.key] for shape in change.created}
    direct: dict[tuple[int, int], tuple[float, int]] = {}
    for flow in change.flows:
        new = change.ids[flow.key]
        if flow.weighs and flow.old != new and (flow.old in gone or new in come):
            direct[flow.old, new] = (flow.m2, flow.buildings)
    for shape in change.created:
        for old in shape.sources:
            if old != change.ids[shape.key] and old in change.areas:
                direct.setdefault((old, change.ids[shape.key]), (0.0, 0))
    rows = [
        AreaLineage(old_id=old, new_id=new, plan=change.plan, at=now, ground_m2=m2, buildings=buildings)
        for (old, new), (m2, buildings) in direct.items()
    ]
    rows += [
        AreaLineage(old_id=old, new_id=new, plan=change.plan, at=now, is_direct=False)
        for old, new in _further(direct.keys())
    ]
    AreaLineage.objects.bulk_create(rows, ignore_conflicts=True)  # a pair that was there before keeps its first day


def _further(direct: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The ancestors of the direct ones: the table holds every generation, so that a reader needs one step."""
    pairs = set(direct)
    before = AreaLineage.objects.filter(new__in={old for old, _new in pairs}).values_list("old_id", "new_id")
    older: dict[int, set[int]] = {}
    for ancestor, old in before:
        older.setdefault(old, set()).add(ancestor)
    found = {(ancestor, new) for old, new in pairs for ancestor in older.get(old, ())}
    return {pair for pair in found if pair[0] != pair[1]} - pairs
