"""What people type into the pages about patrols."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridgov.accounts.models import User
from gridgov.typed import DayField, number, storable
from grids.forms import TreeChoice
from grids.models import Area, Building
from grids.permissions import ABOVE, Perm
from teams.actions.patrol_plans import Rule, Stop
from teams.models import Assignment, PatrolPlan, PatrolRoute, Unit, people_visible_to

DAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
MOST_OFFERED = 300  # units, or people, that one select bears
ROW = ("stop_id", "stop_name", "stop_lon", "stop_lat", "stop_building")


class RouteForm(forms.Form):
    """Name and area of a route; its checkpoints come as rows (`stops_of`)."""

    name = forms.CharField(label=_("Name of the route"), max_length=80)
    area = TreeChoice(label=_("Area"), queryset=Area.objects.none())

    def __init__(self, *args: Any, by: User, route: PatrolRoute | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if route is not None:
            del self.fields["area"]
            return
        areas = Area.objects.visible_to(by, Perm.PLAN_PATROLS).standing().exclude(kind=Area.Kind.DISTRICT)
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]


def rows_of(data: QueryDict) -> list[dict[str, str]]:
    """The rows of checkpoints as they were typed; wholly empty ones do not count."""
    columns = [[storable(text) for text in data.getlist(name)[:200]] for name in ROW]
    rows = [dict(zip(ROW, values, strict=True)) for values in zip(*columns, strict=False)]
    return [row for row in rows if any(row[name].strip() for name in ROW[1:])]


def _number(text: str, limit: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if -limit <= value <= limit else None


def stops_of(rows: list[dict[str, str]], by: Any) -> list[Stop]:
    """The same as checkpoints. A building nobody may see is left out."""
    ids = {number(row["stop_building"]) for row in rows} - {None}
    buildings = Building.objects.visible_to(by).select_related("area").in_bulk(ids)
    stops = []
    for row in rows:
        building = buildings.get(number(row["stop_building"]))
        lon, lat = _number(row["stop_lon"], 180), _number(row["stop_lat"], 90)
        name = row["stop_name"].strip()[:80] or (building.name if building else "")
        stops.append(Stop(name, lon, lat, building, number(row["stop_id"])))
    return stops


def near(column: str, route: PatrolRoute) -> Q:
    """Whose area holds the route's grid or lies in it: who is offered where all are too many for one select."""
    inside = Q(**{f"{column}__gte": route.area_path, f"{column}__lt": route.area_path + ABOVE})
    return inside | Q(**{f"{column}__in": route.area.ancestor_paths})


class PlanForm(forms.Form):
    """When a route is walked and by whom."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=PatrolPlan.Rhythm.choices, widget=forms.RadioSelect)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days of the week"), choices=DAYS, coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    every = forms.IntegerField(label=_("Every how many days"), min_value=1, max_value=90, required=False)
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        empty_label="—",
        required=False,
        help_text=_("Whoever of it takes the walk."),
    )
    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.none(),
        empty_label="—",
        required=False,
        help_text=_("Empty: anyone of the unit."),
    )
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"), required=False, help_text=_("The first day without it. Empty: no end."))

    def __init__(self, *args: Any, by: User, route: PatrolRoute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = {name: getattr(self.initial.get(name), "pk", self.initial.get(name)) for name in ("unit", "person")}
        units = Unit.objects.visible_to(by).standing()
        if units[: MOST_OFFERED + 1].count() > MOST_OFFERED:
            units = units.filter(near("area_path", route) | Q(pk=chosen["unit"]))
        people = people_visible_to(by).filter(is_active=True, pk__in=Assignment.objects.values("user"))
        if people[: MOST_OFFERED + 1].count() > MOST_OFFERED:
            posts = Assignment.objects.on(timezone.localdate()).filter(near("area_path", route))
            people = people.filter(Q(pk__in=posts.values("user")) | Q(pk=chosen["person"]))
        self.fields["unit"].queryset = units.order_by("area_path", "name")  # type: ignore[attr-defined]
        self.fields["person"].queryset = people.only("name").order_by("name")  # type: ignore[attr-defined]
        self.fields["since"].initial = timezone.localdate()
        self.fields["rhythm"].initial = PatrolPlan.Rhythm.WEEKDAYS

    def rule(self) -> Rule:
        """What was typed, for the action."""
        said = self.cleaned_data
        return Rule(
            rhythm=said["rhythm"],
            since=said["since"],
            until=said["until"],
            weekdays=tuple(said["weekdays"]),
            every=said["every"],
            unit=said["unit"],
            person=said["person"],
        )


class LookForm(forms.Form):
    """Why somebody looks at a track."""

    reason = forms.CharField(
        label=_("Why do you look at this track"),
        max_length=200,
        help_text=_("The person who walked it will read your name and this."),
    )


class HandInForm(forms.Form):
    """What the walker says of the patrol."""

    comment = forms.CharField(
        label=_("Comment"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ImportForm(forms.Form):
    """A track from another program."""

    route = forms.ModelChoiceField(label=_("Route"), queryset=PatrolRoute.objects.none(), empty_label="—")
    file = forms.FileField(label=_("GPX file"), widget=forms.FileInput(attrs={"accept": ".gpx,application/gpx+xml"}))
    on = DayField(label=_("Day of the walk"), help_text=_("Used only when the file knows no times."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        routes = PatrolRoute.objects.visible_to(by).standing()
        self.fields["route"].queryset = routes  # type: ignore[attr-defined]
        first = list(routes[:2])
        if len(first) == 1:
            self.fields["route"].initial = first[0]  # nobody is asked what can be only one
        self.fields["on"].initial = timezone.localdate()

    def clean_file(self) -> bytes:
        """The bytes, at most 10 MB."""
        file = self.cleaned_data["file"]
        if file.size > 10 * 1024 * 1024:
            raise ValidationError(_("This file is larger than 10 MB."))
        return file.read()


class WeekForm(forms.Form):
    """Which week of coverage."""

    week = DayField(label=_("Week of"), required=False)
