"""What people type into the pages of limits and ladders."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from gridgov.clock.ladder import DAYS, HOURS, MINUTES, Rung
from gridgov.clock.levels import Level
from grids.models import Area
from incidents.audience import ALL, HEAD, KINDS, LEVELS, NOBODY, roles_of
from incidents.calendar_forms import TimeInput
from incidents.limit_words import level_said
from incidents.limits import EMERGENCY, ORDINARY, Amount, Rules
from incidents.models import Audience
from incidents.workflow import Stage
from teams.models import Unit

UNITS = ((MINUTES, _("minutes")), (HOURS, _("hours")), (DAYS, _("working days")))
OWN = tuple(Stage.values)
COMMON = (Stage.ACCEPT, Stage.DISPATCH, Stage.SIGN, Stage.VERIFY)  # a heading's and the last lines' own
Choices = Sequence[tuple[str, Any]]


def _plain(amount: float) -> int | float:
    """2.0 hours are typed as 2."""
    return int(amount) if float(amount).is_integer() else round(amount, 2)


class LineForm(forms.Form):
    """One line of the table: an amount for each stage, on which time it counts, and the ladder.

    `otherwise`: stage → what counts when it is left empty. A street's line may be left empty altogether.
    """

    def __init__(
        self, data: Any = None, *, scope: str, rules: Rules, calendars: Choices, ladders: Choices, street: int = 0,
        otherwise: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(data)
        self.scope, self.street, self.otherwise = scope, street, otherwise or {}
        self.last = scope in (ORDINARY, EMERGENCY)
        self.stages = OWN if len(scope) > 2 and not self.last else COMMON
        own = rules.own(street)
        line, above = (own.lines if street else rules.lines).get(scope, {}), rules.lines.get(scope, {})
        for stage in self.stages:
            self._stage(stage, line.get(stage), above.get(stage), calendars)
        empty = [] if self.last else [("", _("as the line above it"))]
        if street:
            empty = [("", _("as in the whole installation"))]
        said = rules.climbs(scope, street)
        self.fields["ladder"] = forms.ChoiceField(
            label=_("Ladder"), required=self.last and not street, choices=[*empty, *ladders],
            initial=said.get("", ""),
        )  # fmt: skip
        for level in KINDS:
            self.fields[f"ladder_{level}"] = forms.ChoiceField(
                label=capfirst(level_said(level)), required=False, choices=[("", _("the same")), *ladders],
                initial=said.get(level, ""),
            )  # fmt: skip

    def _stage(self, stage: str, said: Amount | None, above: Amount | None, calendars: Choices) -> None:
        like = said or above
        self.fields[f"{stage}_amount"] = forms.FloatField(
            label=Stage(stage).label, required=not self.street and (self.last or stage == Stage.HANDLE),
            min_value=0.01, max_value=8784, initial=_plain(said.amount) if said else None,
            widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        )  # fmt: skip
        self.fields[f"{stage}_unit"] = forms.ChoiceField(
            label=_("Unit of time"), choices=UNITS, initial=like.unit if like else HOURS, required=False
        )
        self.fields[f"{stage}_calendar"] = forms.ChoiceField(
            label=_("Counted by"), required=False, initial=like.calendar if like else "",
            choices=[("", _("the holder's hours")), *calendars],
        )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """For the table: the stage, its three inputs, and what counts when it is left empty."""
        found = []
        for stage in self.stages:
            fields = [self[f"{stage}_{part}"] for part in ("amount", "unit", "calendar")]
            errors = [error for field in fields for error in field.errors]
            other = "" if self.fields[f"{stage}_amount"].required else self.otherwise.get(stage, "")
            found.append({"stage": Stage(stage), "fields": fields, "errors": errors, "otherwise": other})
        return found

    def line(self) -> dict[str, Amount]:
        """What was typed; stages left empty are left out."""
        said = self.cleaned_data
        return {
            stage: Amount(said[f"{stage}_amount"], said[f"{stage}_unit"] or HOURS, said[f"{stage}_calendar"])
            for stage in self.stages
            if said.get(f"{stage}_amount") is not None
        }

    def apply(self, rules: Rules) -> Rules:
        """The table with this line."""
        said = self.cleaned_data
        levels = {str(level): said[f"ladder_{level}"] for level in KINDS}
        return rules.with_line(self.scope, self.line(), said["ladder"], self.street, levels)

    def levels(self) -> list[Any]:
        """The inputs for ladders that are not for all."""
        return [self[f"ladder_{level}"] for level in KINDS]

    def tells_apart(self) -> bool:
        """Whether any of them is filled in."""
        return any(field.value() for field in self.levels())


class UnitHoursForm(forms.Form):
    """Which calendar a unit works by."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label="—", to_field_name="code")
    calendar = forms.ChoiceField(label=_("Works by"), required=False)

    def __init__(self, data: Any = None, *, units: Any, calendars: Choices, initial: dict[str, str]) -> None:
        super().__init__(data, initial=initial)
        unit: Any = self.fields["unit"]
        unit.queryset = units
        calendar: Any = self.fields["calendar"]
        calendar.choices = [("", _("the office's calendar")), *calendars]

    def apply(self, rules: Rules) -> Rules:
        """The table with this unit's hours."""
        return rules.with_unit(self.cleaned_data["unit"].code, self.cleaned_data["calendar"])


class QuietForm(forms.Form):
    """Between which hours nobody is rung."""

    begin = forms.TimeField(label=_("From"), widget=TimeInput)
    end = forms.TimeField(label=_("Until"), widget=TimeInput)

    def __init__(self, data: Any = None, *, rules: Rules) -> None:
        begin, end = (time(minute // 60 % 24, minute % 60) for minute in rules.quiet)
        super().__init__(data, initial={"begin": begin, "end": end})

    def apply(self, rules: Rules) -> Rules:
        """The table with these hours."""
        begin, end = self.cleaned_data["begin"], self.cleaned_data["end"]
        return rules.with_quiet(begin.hour * 60 + begin.minute, end.hour * 60 + end.minute)


class LadderForm(forms.Form):
    """Thresholds and recipients of each level."""

    returned = forms.IntegerField(
        label=_("Critical after so many returns"), min_value=0, max_value=9, help_text=_("0: never.")
    )
    urgent = forms.BooleanField(label=_("Urgent: people are told at night and on days off, too"), required=False)

    def __init__(self, data: Any = None, *, rungs: dict[Level, Rung], audience: Audience) -> None:
        super().__init__(data, initial={"returned": audience.returned, "urgent": audience.urgent})
        for level in LEVELS:
            self._rung(level, rungs[level])
            self._told(level, audience.at(level))

    def _rung(self, level: Level, rung: Rung) -> None:
        if level != Level.LATE:
            self.fields[f"{level}_percent"] = forms.IntegerField(
                label=_("Percent of the limit"), initial=rung.percent, min_value=1, max_value=1000, required=False
            )
            self.fields[f"{level}_amount"] = forms.FloatField(
                label=_("before the end") if level == Level.WARNING else _("after the limit"),
                initial=_plain(abs(rung.amount)) if rung.amount is not None else None, required=False, min_value=0,
                max_value=1000, widget=forms.NumberInput(attrs={"step": "any"}),
            )  # fmt: skip
            self.fields[f"{level}_unit"] = forms.ChoiceField(
                label=_("Unit of time"), choices=UNITS, initial=rung.unit, required=False
            )
        if level > Level.LATE:
            self.fields[f"{level}_gap"] = forms.FloatField(
                label=_("at least after the level before"), initial=_plain(rung.gap), required=False, min_value=0,
                max_value=1000, widget=forms.NumberInput(attrs={"step": "any"}),
            )  # fmt: skip
            self.fields[f"{level}_gap_unit"] = forms.ChoiceField(
                label=_("Unit of time"), choices=UNITS, initial=rung.gap_unit, required=False
            )

    def _told(self, level: Level, line: dict[str, Any]) -> None:
        self.fields[f"{level}_holder"] = forms.ChoiceField(
            label=_("Unit that holds the incident"), required=False, initial=line["unit"],
            choices=[(ALL, _("everybody in it")), (HEAD, _("its head")), (NOBODY, _("nobody"))],
        )  # fmt: skip
        for kind in KINDS:
            self.fields[f"{level}_{kind}"] = forms.MultipleChoiceField(
                label=Area.Kind(kind).label, required=False, initial=line["roles"].get(kind, []),
                choices=[(role.value, role.label) for role in roles_of(kind)], widget=forms.CheckboxSelectMultiple,
            )  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Level by level: its threshold's inputs and who is told."""
        names = ("percent", "amount", "unit", "gap", "gap_unit")
        return [
            {
                "level": level,
                **{name: self[f"{level}_{name}"] for name in names if f"{level}_{name}" in self.fields},
                "holder": self[f"{level}_holder"],
                "kinds": [self[f"{level}_{kind}"] for kind in KINDS],
            }
            for level in LEVELS
        ]

    def clean(self) -> dict[str, Any]:
        """A level needs a threshold."""
        said = super().clean() or {}
        for level in LEVELS:
            if level != Level.LATE and said.get(f"{level}_percent") is None and said.get(f"{level}_amount") is None:
                self.add_error(f"{level}_percent", ValidationError(_("Enter a percentage or an amount of time.")))
        return said

    def rungs(self) -> dict[Level, Rung]:
        """The thresholds as typed."""
        said, found = self.cleaned_data, dict[Level, Rung]()
        for level in LEVELS:
            amount = said.get(f"{level}_amount")
            if amount is not None and level == Level.WARNING:
                amount = -amount
            found[level] = Rung(
                100 if level == Level.LATE else said.get(f"{level}_percent"), amount,
                said.get(f"{level}_unit") or HOURS, said.get(f"{level}_gap") or 0,
                said.get(f"{level}_gap_unit") or HOURS,
            )  # fmt: skip
        return found

    def table(self) -> dict[str, Any]:
        """Who is told, level by level."""
        return {
            str(int(level)): {
                "unit": self.cleaned_data[f"{level}_holder"],
                "roles": {kind: found for kind in KINDS if (found := self.cleaned_data[f"{level}_{kind}"])},
            }
            for level in LEVELS
        }


class NewLadderForm(forms.Form):
    """A further ladder, made like another."""

    name = forms.CharField(label=_("Name"), max_length=60)
    like = forms.ChoiceField(label=_("Start from"))

    def __init__(self, data: Any = None, *, ladders: Choices) -> None:
        super().__init__(data)
        field: Any = self.fields["like"]
        field.choices = ladders
