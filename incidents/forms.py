"""What people type into the pages about incidents."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from gridgov.clock.levels import Level
from gridgov.privacy.forms import PersonalWarning
from gridgov.typed import Lines, storable
from grids.models import Area
from incidents import choices
from incidents.lists import TABS, Asked
from incidents.models import Category, Incident
from incidents.workflow import WITH_UNIT, Ask, Fact, Move, Status
from teams.models import Unit

MOST_EVIDENCE = 3  # photos that come along with a request
ANY = ("", _("any"))
STATUS_GROUPS = [
    ("open", _("Under way")),
    ("very_late", Level.VERY_LATE.label),
    ("waiting", _("With the desk")),
    ("with_unit", _("With a unit")),
    ("to_verify", _("To be verified or closed")),
    ("ended", _("Ended")),
]
SINCE = [ANY, ("1", _("today")), ("7", _("last 7 days")), ("30", _("last 30 days")), ("365", _("last 12 months"))]
HOURS = [
    (2, _("2 hours")),
    (4, _("4 hours")),
    (8, _("1 working day")),
    (16, _("2 working days")),
    (40, _("5 working days")),
]
DAYS = [(1, _("1 day")), (3, _("3 days")), (7, _("7 days")), (15, _("15 days")), (30, _("30 days")), (90, _("90 days"))]


def extent_of(text: str) -> tuple[float, float, float, float] | None:
    """`west,south,east,north` in degrees, or None when it is no such thing."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    fits = -180 <= west < east <= 180 and -90 <= south < north <= 90
    return (west, south, east, north) if fits else None


class ListFilter(forms.Form):
    """What narrows a list. Nonsense in the address filters nothing."""

    q = forms.CharField(label=_("Words or number"), required=False, max_length=80)
    status = forms.ChoiceField(label=_("Status"), required=False)
    level = forms.ChoiceField(label=_("Deadline"), required=False, choices=[ANY, *Level.choices])
    category = forms.ChoiceField(label=_("Category"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    unit = forms.ChoiceField(label=_("Unit"), required=False)
    reported = forms.ChoiceField(label=pgettext_lazy("time", "Reported"), required=False, choices=SINCE)
    due = forms.ChoiceField(label=_("Due"), required=False, choices=[ANY, ("today", _("today"))])
    acting = forms.IntegerField(label=_("Unit that has to act"), required=False, min_value=1, widget=forms.HiddenInput)
    exact = forms.BooleanField(label=_("Area"), required=False, widget=forms.HiddenInput)
    extent = forms.CharField(label=_("Map"), required=False, max_length=80, widget=forms.HiddenInput)

    said: ClassVar[dict[str, Any]] = {  # what a hidden filter is called among those that are on
        "extent": _("only what it shows"),
        "acting": _("as counted on the board"),
        "exact": _("without what lies below"),
    }

    def __init__(self, data: Any, *, user: Any = None) -> None:
        """Without `user` nothing is looked up: whatever the address names is asked for, and `visible_to` decides."""
        super().__init__(data)
        offered = choices.for_filters(user) if user else self._named()
        self.views = offered["view"]
        self.set_choices("status", [*STATUS_GROUPS, *Status.choices])
        for name in ("category", "area", "unit"):
            self.set_choices(name, offered[name])

    def _named(self) -> dict[str, list[Any]]:
        named = {name: storable(str(self.data.get(name) or "")) for name in ("category", "area", "unit")}
        if not named["unit"].isdecimal() or len(named["unit"]) > 18:
            named["unit"] = ""
        return {"view": [], **{name: [(value, value)] if value else [] for name, value in named.items()}}

    def set_choices(self, name: str, offered: list[Any]) -> None:
        """Offer these, and a category's own code where the address names a single entry."""
        field: Any = self.fields[name]
        own = storable(self.data.get("category") or "") if name == "category" else ""
        extra = [(own, own)] if own else []
        known = {str(key) for key, _label in offered}
        field.choices = [ANY, *offered, *[pair for pair in extra if pair[0] not in known]]

    def clean_extent(self) -> str:
        """West, south, east, north; anything else filters nothing."""
        return self.cleaned_data["extent"] if extent_of(self.cleaned_data["extent"]) else ""

    def asked(self, tab: str) -> Asked:
        """The question, understood."""
        self.is_valid()
        clean = getattr(self, "cleaned_data", {})
        number: dict[str, Any] = {
            name: int(clean[name]) if clean.get(name) else None for name in ("level", "unit", "reported")
        }
        words = {"q": clean.get("q", ""), "status": clean.get("status", ""), "category": clean.get("category", "")}
        area, due = clean.get("area", ""), clean.get("due") == "today"
        extent = extent_of(clean.get("extent", ""))
        beside = {"acting": clean.get("acting"), "exact": bool(clean.get("exact")), "extent": extent}
        known = {"area_path": area, "due_today": due, **beside, **words, **number}
        return Asked(tab=tab if tab in TABS else "all", **known)

    def active(self) -> list[tuple[str, str]]:
        """(field, words) of every filter that is on."""
        found = []
        for name, field in self.fields.items():
            value = getattr(self, "cleaned_data", {}).get(name)
            if not value:
                continue
            value = str(self.said.get(name, value))
            shown = dict(getattr(field, "choices", [])).get(int(value) if name == "level" else value, value)
            found.append((name, f"{field.label}: {str(shown).strip()}"))
        return found


class Words(Lines):
    """Free words for the timeline."""

    def __init__(self, label: Any = "", **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 3)
        super().__init__(
            label=label or _("Words"), max_length=2000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
        )


def _without(known: str, offered: Sequence[Any]) -> Sequence[Any]:
    """Choices, also grouped ones, without what stands there already: choosing it would change nothing."""
    if not known:
        return offered
    groups = [(key, _without(known, inner) if isinstance(inner, list | tuple) else inner) for key, inner in offered]
    return [(key, inner) for key, inner in groups if str(key) != known]


class MoveForm(PersonalWarning):
    """The facts one step asks for; a field it does not need is not there."""

    watched = ("words",)
    unit = forms.ModelChoiceField(label=_("Unit that handles it"), queryset=Unit.objects.none(), empty_label="—")
    area = forms.ModelChoiceField(label=_("Grid"), queryset=Area.objects.none(), empty_label="—")
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), empty_label="—", to_field_name="code"
    )
    words = Words(required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, move: Move, incident: Incident) -> None:
        has_it = incident.handling_unit_id if incident.status in WITH_UNIT else None
        likely = None if has_it else incident.handling_unit_id or incident.responsible_id
        super().__init__(data, initial={"unit": likely, "client_id": uuid4()})
        self.fields["words"].required = move.words_required
        units = Unit.objects.standing()
        known = {"unit": str(has_it or ""), "category": incident.category.code}
        self._offer("unit", Fact.UNIT in move.facts, units, lambda: choices.units_for_dispatch(incident), known)
        self._offer("area", Fact.AREA in move.facts, Area.objects.standing(), lambda: choices.grids_for(incident))
        self._offer("category", Fact.CATEGORY in move.facts, Category.objects.offered(), choices.categories, known)

    def _offer(self, name: str, wanted: bool, rows: Any, offered: Any, known: Any = ()) -> None:
        if not wanted:
            del self.fields[name]
            return
        field: Any = self.fields[name]
        field.queryset = rows
        field.choices = [("", _("choose")), *_without(dict(known).get(name, ""), offered())]

    def facts(self) -> dict[str, Any]:
        """What goes to `actions.move`."""
        return {name: self.cleaned_data[name] for name in ("words", "unit", "area", "category") if name in self.fields}


class ManyFiles(forms.ClearableFileInput):
    """Several photos at once."""

    allow_multiple_selected = True


class Photos(forms.FileField):
    """Photos, up to nine or as many as are said; none is fine."""

    widget = ManyFiles

    def __init__(self, *args: Any, most: int = 9, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file on its own."""
        files = [item for item in (data or []) if item]
        if len(files) > self.most:
            text = ngettext("%(n)s photo at most.", "%(n)s photos at most.", self.most)
            raise ValidationError(text % {"n": self.most})
        return [super(Photos, self).clean(item, initial) for item in files]


class AskForm(PersonalWarning):
    """A request: why, and how long where it is about time."""

    watched = ("reason", "evidence")
    how_long = forms.TypedChoiceField(label=_("How long"), coerce=int)
    reason = Words(_("Reason"))
    evidence = Words(
        _("Evidence"), required=False, rows=2,
        help_text=_("What shows it: an order, a notice, a date that was agreed. Whoever decides sees it."),
    )  # fmt: skip
    photos = Photos(
        label=_("Photos of it"), required=False, most=MOST_EVIDENCE, widget=ManyFiles(attrs={"accept": "image/*"})
    )

    def __init__(self, data: Any = None, files: Any = None, *, kind: str) -> None:
        super().__init__(data, files)
        self.kind = kind
        field: Any = self.fields["how_long"]
        if kind == Ask.EXTENSION:
            field.choices = HOURS
        elif kind == Ask.SUSPENSION:
            field.choices = DAYS
        else:
            del self.fields["how_long"]

    def seconds(self) -> int | None:
        """Of the clock for an extension, at most so many natural ones for a suspension."""
        amount = self.cleaned_data.get("how_long")
        if amount is None:
            return None
        unit = timedelta(hours=1) if self.kind == Ask.EXTENSION else timedelta(days=1)
        return int(unit.total_seconds()) * amount


class AnswerForm(PersonalWarning):
    """Words with an approval or a refusal."""

    watched = ("words",)
    words = Words(required=False, rows=2)


class SupervisionForm(PersonalWarning):
    """What is said to a supervision, as its answer or with its lifting."""

    watched = ("words",)
    words = Words(rows=2)


class RevealForm(forms.Form):
    """Why a caller's data must be seen."""

    reason = forms.CharField(label=_("Why you need to see it"), max_length=200, help_text=_("This is recorded."))


class CommentForm(forms.Form):
    """Words or photos beside the way, under a number that makes repeating it harmless."""

    client_id = forms.UUIDField(widget=forms.HiddenInput)
    words = Words(_("What you want to add"), required=False, rows=2)
    photos = Photos(label=_("Photos"), required=False, widget=ManyFiles(attrs={"accept": "image/*"}))

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, initial={"client_id": uuid4()}, **kwargs)


class PlaceFields(PersonalWarning):
    """Where it is and what is the matter: shared by desk, phone and the residents' door."""

    watched = ("description", "place")
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    thing = forms.CharField(label=_("City asset or place"), max_length=60, required=False, widget=forms.HiddenInput)
    place = forms.CharField(label=_("Place in words"), max_length=200, required=False)
    description = Words(_("What is the matter"), required=False, rows=4)
    photos = Photos(label=_("Photos"), required=False, widget=ManyFiles(attrs={"accept": "image/*"}))
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy = forms.FloatField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_id": uuid4(), **kwargs.get("initial", {})}
        super().__init__(data, files, **kwargs)

    def payload(self, channel: str) -> dict[str, Any]:
        """What goes through the door as `incidents.report`."""
        left_out = {"client_id", "photos", "personal_seen"}
        said = {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        return {**said, "channel": channel, "location_source": "pin" if said.get("lon") is not None else "none"}


class DeskReportForm(PlaceFields):
    """A report taken at the desk on behalf of a caller."""

    category = forms.ChoiceField(label=_("What it is about"))
    building = forms.IntegerField(label=_("Building"), required=False, widget=forms.HiddenInput)
    caller_name = forms.CharField(label=_("Caller's name"), max_length=40, required=False)
    caller_phone = forms.CharField(label=_("Caller's phone"), max_length=20, required=False)
    is_confidential = forms.BooleanField(
        label=_("Confidential: only the street's desk and the unit that handles it see it"), required=False
    )
    field_order = ["category", "place", "description", "caller_name", "caller_phone", "is_confidential", "photos"]

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        field: Any = self.fields["category"]
        field.choices = [("", _("choose")), *choices.categories()]
