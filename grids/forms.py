"""What people type into the pages about areas and buildings."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gridgov.typed import DayField
from grids.models import Area, Building
from grids.permissions import Perm

T = TypeVar("T")


def attempt(form: forms.BaseForm, act: Callable[[], T]) -> T | None:
    """Run one action; what it refuses is shown beside the fields it names, and None comes back."""
    try:
        return act()
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            for name, found in error.error_dict.items():
                form.add_error(name if name in form.fields else None, found)
        else:
            form.add_error(None, error)
        return None


def saved(form: forms.BaseForm, act: Callable[[], object]) -> bool:
    """The same, where only success matters."""
    return attempt(form, act) is not None


class TreeChoice(forms.ModelChoiceField):
    """Areas as an indented tree, with their codes."""

    def __init__(self, queryset: Any, *, empty_label: Any = "—", **kwargs: Any) -> None:
        super().__init__(queryset, empty_label=empty_label, **kwargs)

    def label_from_instance(self, area: Any) -> str:
        depth = len(area.path) // 6 - 1
        return "\u3000" * max(depth, 0) + f"{area.name} · {area.code}"


class FactsForm(forms.Form):
    """What may change about an area at any time. `wide` names the fields that take the whole line."""

    wide: tuple[str, ...] = ("name",)

    name = forms.CharField(label=_("Name"), max_length=80)
    households = forms.IntegerField(label=_("Households"), min_value=0, required=False)
    persons = forms.IntegerField(label=_("Persons"), min_value=0, required=False)
    east = forms.CharField(label=_("To the east"), max_length=120, required=False)
    south = forms.CharField(label=_("To the south"), max_length=120, required=False)
    west = forms.CharField(label=_("To the west"), max_length=120, required=False)
    north = forms.CharField(label=_("To the north"), max_length=120, required=False)


class NewAreaForm(FactsForm):
    """An area under another; an empty code takes the next free one."""

    kind = forms.ChoiceField(label=_("Level"))
    grid_kind = forms.ChoiceField(label=_("Kind of grid"), required=False, choices=[("", "—"), *Area.GridKind.choices])
    code = forms.CharField(label=_("Code"), max_length=32, required=False, help_text=_("Empty: the next free one."))
    wide = ()
    field_order = ["kind", "grid_kind", "name", "code", "households", "persons", "east", "south", "west", "north"]

    def __init__(self, *args: Any, parent: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = list(Area.Kind)
        below = order[order.index(Area.Kind(parent.kind)) + 1 :]
        kind: Any = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in below]  # what usually hangs from it first

    def clean(self) -> dict[str, Any]:
        """Only grids have a kind of grid."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") != Area.Kind.GRID:
            cleaned["grid_kind"] = ""
        return cleaned


class MoveAreaForm(forms.Form):
    """Under which area it shall hang."""

    wide = ("parent",)

    parent = TreeChoice(label=_("Belongs to"), queryset=Area.objects.none())

    def __init__(self, *args: Any, by: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = list(Area.Kind)
        above = order[: order.index(Area.Kind(area.kind))]
        field: Any = self.fields["parent"]
        field.queryset = Area.objects.visible_to(by, Perm.EDIT_AREAS).standing().filter(kind__in=above)


class BuildingForm(forms.Form):
    """A building; its place by a pin."""

    wide = ("address",)

    name = forms.CharField(label=_("Building"), max_length=80)
    code = forms.CharField(label=_("Number in its grid"), max_length=5, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    entrances = forms.IntegerField(label=_("Entrances"), min_value=0, required=False)
    floors = forms.IntegerField(label=_("Floors"), min_value=0, required=False)
    households = forms.IntegerField(label=_("Households"), min_value=0, required=False)
    persons = forms.IntegerField(label=_("Persons"), min_value=0, required=False)
    lon = forms.FloatField(
        label=_("Longitude"), widget=forms.HiddenInput, required=False, min_value=-180, max_value=180
    )
    lat = forms.FloatField(label=_("Latitude"), widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)

    @classmethod
    def initial_of(cls, building: Building) -> dict[str, Any]:
        """What is known."""
        known = {name: getattr(building, name) for name in cls.base_fields if name not in ("lon", "lat")}
        return known | ({"lon": building.point.x, "lat": building.point.y} if building.point else {})

    def facts(self) -> dict[str, Any]:
        """What goes to the action."""
        said = dict(self.cleaned_data)
        lon, lat = said.pop("lon"), said.pop("lat")
        return said | ({"point": Point(lon, lat, srid=4326)} if lon is not None and lat is not None else {})


class MoveBuildingForm(forms.Form):
    """Into which grid it belongs."""

    wide = ("area",)

    area = TreeChoice(label=_("Grid"), queryset=Area.objects.none())

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["area"]
        field.queryset = Area.objects.visible_to(by, Perm.EDIT_AREAS).standing().grids()


class LocateForm(forms.Form):
    """A place and, if one likes, a day."""

    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    accuracy = forms.FloatField(label=_("Accuracy (m)"), required=False, min_value=0, max_value=100_000)
    on = DayField(label=_("On the day"), required=False)

    def clean_on(self) -> Any:
        """No day before there were computers."""
        day = self.cleaned_data["on"]
        if day and day.year < 1970:
            raise ValidationError(_("Choose a day after 1970."))
        return day
