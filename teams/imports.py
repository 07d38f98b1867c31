"""Units, people and their posts from a list."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.accounts.models import User
from gridgov.typed import a_day
from grids.imports import engine, tables
from grids.imports.engine import CREATED, UNCHANGED, Options, Outcome
from grids.imports.ground import NoOptions
from grids.models import Area
from grids.permissions import Perm
from teams import actions
from teams.models import Assignment, Unit
from teams.roles import Role

YES = {"1", "y", "yes", "true", "是", "√"}


def area_of(code: str) -> Area:
    """The area with this code."""
    found = Area.objects.standing().filter(code=code).order_by("code_scheme").first()
    if found is None:
        raise ValidationError(_("There is no area with the code %(code)s.") % {"code": code or "–"})
    return found


def choice(text: str, kinds: Any) -> str:
    """A key or its label, in any language the template speaks."""
    found = tables.choices(kinds).get(text.strip().lower())
    if found is None:
        raise ValidationError(_("“%(text)s” is not known here.") % {"text": text})
    return found


def _same(column: str, code: str, has_it: str, given: str) -> None:
    """A code that is in use may be named again, but not for something else."""
    if given.strip() not in ("", has_it):
        words = _("%(code)s belongs to %(name)s already.")
        raise ValidationError({column: words % {"code": code, "name": has_it}}, code="taken")


class Units(NoOptions):
    """One unit a line."""

    key = "units"
    label = gettext_lazy("Units")
    help = gettext_lazy("Desks, departments, teams and property managers, each with the area it works in.")
    perm = Perm.EDIT_UNITS
    endings = tables.ENDINGS
    columns = (
        ("code", gettext_lazy("Code"), "ZH-CG"),
        ("name", gettext_lazy("Name"), "城管执法队"),
        ("kind", gettext_lazy("Kind"), "事业单位"),
        ("area", gettext_lazy("Code of the area it works in"), "990101001"),
        ("is_desk", gettext_lazy("Takes reports (yes or empty)"), ""),
        ("phone", gettext_lazy("Office phone"), "027-00000004"),
    )

    def act(self, row: Mapping[str, str], options: Options, *, by: Any, now: datetime) -> Outcome:
        """Found a unit; one with this code that stands already is left alone."""
        known = Unit.objects.standing().filter(code=row.get("code") or "–").first()
        if known is not None:
            _same("code", known.code, known.name, row.get("name", ""))
            return Outcome(UNCHANGED, f"{known.code} {known.name}")
        made = actions.create_unit(
            name=row.get("name", ""), kind=choice(row.get("kind", ""), Unit.Kind), area=area_of(row.get("area", "")),
            code=row.get("code", ""), is_desk=row.get("is_desk", "").lower() in YES, phone=row.get("phone", ""),
            by=by, now=now,
        )  # fmt: skip
        return Outcome(CREATED, f"{made.code} {made.name}", undo={"unit": made.pk})

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """Dissolve it; refused while people or cases are with it."""
        actions.retire_unit(Unit.objects.get(pk=item["unit"]), by=by, now=now)


class People(NoOptions):
    """One post a line; a person with several posts stands in several lines."""

    key = "people"
    label = gettext_lazy("People and posts")
    help = gettext_lazy(
        "Staff numbers, names, phones and posts. Sign-ins are handed out with a one-time link afterwards."
    )
    perm = Perm.APPOINT
    endings = tables.ENDINGS
    columns = (
        ("username", gettext_lazy("Staff number"), "WG1001"),
        ("name", gettext_lazy("Name"), "王小勤"),
        ("phone", gettext_lazy("Mobile phone"), "19900000001"),
        ("role", gettext_lazy("Role"), "专职网格员"),
        ("area", gettext_lazy("Code of the area"), "990101001001001"),
        ("unit", gettext_lazy("Code of the unit"), "WG-001001"),
        ("since", gettext_lazy("From (YYYY-MM-DD)"), "2026-01-01"),
    )

    def act(self, row: Mapping[str, str], options: Options, *, by: Any, now: datetime) -> Outcome:
        """Make the person where there is none, then appoint."""
        undo: dict[str, Any] = {}
        person = User.objects.filter(username__iexact=row.get("username", ""), is_service=False).first()
        if person is None:
            facts = {"username": row.get("username", ""), "name": row.get("name", ""), "phone": row.get("phone", "")}
            person = actions.create_person(**facts, by=by, now=now)
            undo["person"] = person.pk
        else:
            _same("username", person.username, person.name, row.get("name", ""))
        if row.get("role"):
            undo["post"] = self._appoint(person, row, by=by, now=now).pk
        label = f"{person.username} {person.name}"
        return Outcome(CREATED, label, undo=undo) if undo else Outcome(UNCHANGED, label)

    def _appoint(self, person: User, row: Mapping[str, str], *, by: Any, now: datetime) -> Assignment:
        unit = Unit.objects.standing().filter(code=row["unit"]).first() if row.get("unit") else None
        if row.get("unit") and unit is None:
            raise ValidationError(_("There is no unit with the code %(code)s.") % {"code": row["unit"]})
        area, role = area_of(row.get("area", "")), choice(row.get("role", ""), Role)
        since = _day(row.get("since", "")) or timezone.localdate(now)
        return actions.appoint(person, role=role, area=area, unit=unit, since=since, by=by, now=now)

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """End the post as if it had never been; a person made by the import can no longer sign in."""
        post = Assignment.objects.filter(pk=item.get("post")).first()
        if post is not None:  # by hand it may have been withdrawn already
            actions.withdraw_post(post, by=by, now=now)
        if item.get("person"):
            actions.disable_person(User.objects.get(pk=item["person"]), by=by, now=now)


def _day(text: str) -> date | None:
    if not text:
        return None
    found = a_day(text[:10])
    if found is None:
        raise ValidationError(_("“%(text)s” is not a day like 2026-01-31.") % {"text": text})
    return found


def register_own() -> None:
    """Called once, when the room opens."""
    for importer in (Units(), People()):
        engine.register(importer)
