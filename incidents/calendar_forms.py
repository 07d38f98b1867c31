"""What people type into the pages of a working calendar."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from gridgov.clock.arrangements import from_file, from_notice, is_notice
from gridgov.clock.proposals import Proposal, Segments, check, ordinary, parse

LARGEST = 1_000_000  # bytes of a table with a year in it
PARTS = ("begin_1", "end_1", "begin_2", "end_2")
LABELS = (_("First part from"), _("First part until"), _("Second part from"), _("Second part until"))


class TimeInput(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _initial(segments: Segments, prefix: str = "") -> dict[str, time]:
    minutes = [minute % 1440 for pair in segments[:2] for minute in pair]
    return {f"{prefix}{part}": time(m // 60, m % 60) for part, m in zip(PARTS, minutes, strict=False)}


def _segments(values: dict[str, Any], prefix: str = "") -> Segments:
    """The pairs of a row; an end at 00:00 is the midnight that follows. ValidationError when a pair is half empty."""
    found = []
    for begin, end in (PARTS[:2], PARTS[2:]):
        first, last = values.get(prefix + begin), values.get(prefix + end)
        if (first is None) != (last is None):
            raise ValidationError(_("Enter both the beginning and the end."))
        if first is not None and last is not None:
            found.append([_minutes(first), _minutes(last) or 1440])
    return check(found)


class HoursForm(forms.Form):
    """Two parts a day for each weekday; a day without any is closed."""

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        kwargs["initial"] = {k: v for n, day in enumerate(proposal.weekly) for k, v in _initial(day, f"d{n}_").items()}
        super().__init__(*args, **kwargs)
        for number in range(7):
            for part, label in zip(PARTS, LABELS, strict=True):
                widget = TimeInput()
                widget.attrs["aria-label"] = f"{WEEKDAYS[number]} · {label}"
                self.fields[f"d{number}_{part}"] = forms.TimeField(label=label, required=False, widget=widget)

    def rows(self) -> list[dict[str, Any]]:
        """For the table: the weekday, its four inputs, what is wrong with it."""
        rows = []
        for number in range(7):
            fields: list[BoundField] = [self[f"d{number}_{part}"] for part in PARTS]
            rows.append({"name": WEEKDAYS[number], "fields": fields, "errors": [e for f in fields for e in f.errors]})
        return rows

    def clean(self) -> dict[str, Any]:
        """The week as segments, under "weekly"."""
        values = super().clean() or {}
        weekly: list[Segments] = []
        for number in range(7):
            try:
                weekly.append(_segments(values, f"d{number}_"))
            except ValidationError as error:
                self.add_error(f"d{number}_begin_1", error)
        if not self.errors and not any(weekly):
            raise ValidationError(_("A week needs at least one open hour."))
        return {"weekly": weekly}


class DayForm(forms.Form):
    """One date: as usual, closed, worked like another weekday, or with hours of its own."""

    kind = forms.ChoiceField(
        label=_("This day is"),
        widget=forms.RadioSelect,
        choices=[
            ("usual", _("as every such weekday")),
            ("closed", _("closed")),
            ("weekday", _("worked like another weekday")),
            ("own", _("open at hours of its own")),
        ],
    )
    weekday = forms.TypedChoiceField(
        label=_("Works like"), coerce=int, choices=list(WEEKDAYS.items()), required=False, empty_value="0"
    )
    begin_1 = forms.TimeField(label=LABELS[0], required=False, widget=TimeInput)
    end_1 = forms.TimeField(label=LABELS[1], required=False, widget=TimeInput)
    begin_2 = forms.TimeField(label=LABELS[2], required=False, widget=TimeInput)
    end_2 = forms.TimeField(label=LABELS[3], required=False, widget=TimeInput)
    label = forms.CharField(
        label=_("Name"),
        max_length=40,
        required=False,
        help_text=_("For example the holiday. It appears in explanations."),
    )

    def __init__(self, *args: Any, proposal: Proposal, iso: str, **kwargs: Any) -> None:
        self.weekly, entry = proposal.weekly, proposal.exceptions.get(iso)
        segments = entry["segments"] if entry else []
        kind = "usual" if entry is None else "closed" if not segments else "own"
        usual = ordinary(self.weekly)
        if kind == "own" and segments == usual:
            kind = "weekday"
        initial = {"kind": kind, "label": (entry or {}).get("label", ""), "weekday": self.weekly.index(usual)}
        kwargs["initial"] = initial | _initial(segments or usual)
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """`segments` (None: as usual) and `label`."""
        values = super().clean() or {}
        kind, segments = values.get("kind"), None
        if kind == "closed":
            segments = []
        elif kind == "weekday":
            segments = self.weekly[int(values.get("weekday") or 0)]
            if not segments:
                self.add_error("weekday", _("This weekday is closed."))
        elif kind == "own":
            segments = self._own(values)
        return {"segments": segments, "label": values.get("label", "")}

    def _own(self, values: dict[str, Any]) -> Segments:
        try:
            segments = _segments(values)
        except ValidationError as error:
            self.add_error("begin_1", error)
            return []
        if not segments and "begin_1" not in self.errors:
            self.add_error("begin_1", _("Enter both the beginning and the end."))
        return segments


class ArrangementForm(forms.Form):
    """A year's holidays and make-up days as lines."""

    lines = forms.CharField(
        label=_("Days that differ from the week"),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "false"}),
        max_length=20_000,
        required=False,
    )
    file = forms.FileField(
        label=_("Or a table"), required=False, help_text=_(".csv or .xlsx: date, open or closed, name."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx"}),
    )  # fmt: skip

    def __init__(self, *args: Any, proposal: Proposal, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposal, self.year = proposal, year

    def clean_file(self) -> str | None:
        """The lines of the table. They then stand in the form, so that nobody need choose it again."""
        file = self.cleaned_data["file"]
        if file is None:
            return None
        if file.size > LARGEST:
            raise ValidationError(_("This file is too large."))
        lines = from_file(file.name, file.read())
        self.files = MultiValueDict()
        return lines

    def clean(self) -> dict[str, Any]:
        """The days, from the table or else from the text; each wrong line has an error of its own.

        What was read of a table or a notice then stands in the form, so that the wrong line can be found and mended.
        """
        said = super().clean() or {}
        if "file" in self.errors:  # what it says is not known, so nothing is wrong with its lines
            return said
        lines = said.get("lines", "") if said["file"] is None else said["file"]
        try:
            if said["file"] is None and is_notice(lines):
                lines = from_notice(lines, self.year)
            self.days = parse(lines, self.year, self.proposal.weekly)
        except ValidationError as error:
            self.add_error("lines", error)
            self.data = {**self.data, "lines": lines}
        return said
