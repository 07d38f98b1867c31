"""Dwellings from a list: the doors of a community in one file, so that a campaign can choose among homes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.imports import engine, tables
from grids.imports.engine import CREATED, UNCHANGED, UPDATED, Options, Outcome
from grids.imports.ground import NoOptions, building_named
from grids.permissions import Perm
from residents import actions
from residents.models import Dwelling

LOWEST, HIGHEST = -5, 200  # floors, as the form takes them


def _floor(text: str) -> int | None:
    if not text:
        return None
    try:
        floor = int(text)
    except ValueError:
        floor = HIGHEST + 1
    if not LOWEST <= floor <= HIGHEST:
        raise ValidationError(_("“%(text)s” is not a floor. Write a number such as 5.") % {"text": text[:20]})
    return floor


def _use(text: str) -> str:
    wanted = text.strip().lower()
    found = tables.choices(Dwelling.Use).get(wanted)
    if found is not None:
        return found
    if not wanted:
        return ""
    known = "、".join(str(label) for label in Dwelling.Use.labels)
    raise ValidationError(_("“%(text)s” is not a use of a dwelling: %(known)s.") % {"text": text[:20], "known": known})


class DwellingList(NoOptions):
    """One door a line. Known again by building, entrance and room; an empty cell changes nothing."""

    key = "dwellings"
    label = gettext_lazy("Dwellings")
    help = gettext_lazy("The doors of buildings: entrance, floor, room and use. It holds nobody's name.")
    perm = Perm.EDIT_RESIDENTS
    endings = tables.ENDINGS
    columns = (
        ("grid", gettext_lazy("Code of the grid"), "990101001001001"),
        ("building", gettext_lazy("Building"), "3号楼"),
        ("entrance", gettext_lazy("Entrance"), "2"),
        ("floor", gettext_lazy("Floor"), "5"),
        ("room", gettext_lazy("Room"), "501"),
        ("use", gettext_lazy("Use"), "出租"),
    )

    def act(self, row: Mapping[str, str], options: Options, *, by: Any, now: datetime) -> Outcome:
        """Add the door, or fill in what the file says of it."""
        building = building_named(row)
        entrance, room = row.get("entrance", "")[:10].strip(), row.get("room", "").strip()
        if len(room) > 20:
            raise ValidationError({"room": _("Write the room, for example 501.")})
        facts: dict[str, Any] = {"floor": _floor(row.get("floor", "")), "use": _use(row.get("use", ""))}
        doors = Dwelling.objects.select_related("building")
        known = doors.filter(building=building, entrance=entrance, room=room).first()
        if known is None:
            made = actions.add_dwelling(building, entrance=entrance, room=room, **facts, by=by, now=now)
            return Outcome(CREATED, self._called(made), undo={"dwelling": made.pk})
        before = {"floor": known.floor, "use": known.use}
        new = before | {name: value for name, value in facts.items() if value not in (None, "")}
        if new == before:
            return Outcome(UNCHANGED, self._called(known))
        actions.correct_dwelling(known, **new, by=by, now=now)
        return Outcome(UPDATED, self._called(known), undo={"dwelling": known.pk, "before": before})

    def _called(self, dwelling: Dwelling) -> str:
        return f"{dwelling.address} · {dwelling.building.area.name}"

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """What was added goes again, unless somebody lives there by now; what was changed is as before."""
        dwelling = Dwelling.objects.select_related("building").get(pk=item["dwelling"])
        if "before" in item:
            actions.correct_dwelling(dwelling, **item["before"], by=by, now=now)
        else:
            actions.remove_dwelling(dwelling, by=by, now=now)


def register_own() -> None:
    """Called once, when the room opens."""
    engine.register(DwellingList())
