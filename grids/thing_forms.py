"""What people type about places and city assets, and what narrows their lists."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib.gis.geos import Point
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridgov.typed import DayField
from grids.actions.things import Where
from grids.forms import TreeChoice
from grids.kinds import THRESHOLDS, AssetClass, AssetKind, Condition, Ending, PlaceKind
from grids.models import Area, Building
from grids.permissions import Perm

MOST_CHOICES = 500  # areas or buildings that one select bears
ANY = ("", _("any"))


def place_kinds() -> list[Any]:
    """The nine small ones together first."""
    return [("nine", _("The nine small places")), *PlaceKind.choices]


def asset_kinds() -> list[Any]:
    """Classes, each followed by its kinds."""
    pairs: list[Any] = []
    for one in AssetClass:
        pairs.append((one.value, one.label))
        pairs += [(kind.value, f"\u3000{kind.label}") for kind in AssetKind if kind.value[:2] == one.value]
    return pairs


class ThingFilter(forms.Form):
    """What narrows a list. Nonsense in the address filters nothing."""

    kinds: ClassVar[Callable[[], list[Any]]]  # values and labels

    q = forms.CharField(label=_("Words or number"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["kind"].choices = [ANY, *type(self).kinds()]
        areas = Area.objects.visible_to(user).standing().exclude(kind=Area.Kind.DISTRICT)
        rows = list(areas.order_by("path").values_list("pk", "name", "path")[:MOST_CHOICES])
        top = min((len(path) for _pk, _name, path in rows), default=0)
        tree = [(str(pk), "\u3000" * ((len(path) - top) // 6) + name) for pk, name, path in rows]
        fields["area"].choices = [ANY, *tree]

    def said(self) -> dict[str, str]:
        """Field → value, of those that are on and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def words(self, name: str, value: str) -> str:
        """One active filter in words."""
        choices = dict(getattr(self.fields[name], "choices", ()))
        return f"{self.fields[name].label}: {str(choices.get(value, value)).strip()}"


class PlaceFilter(ThingFilter):
    """Of places."""

    kinds = staticmethod(place_kinds)


class AssetFilter(ThingFilter):
    """Of city assets."""

    kinds = staticmethod(asset_kinds)

    condition = forms.ChoiceField(label=_("Condition"), required=False, choices=[ANY, *Condition.choices])
    owner = forms.CharField(label=_("Owner unit"), required=False, max_length=80)


class ThingForm(forms.Form):
    """What both have. The grid is found from the building or the place on the map; it is asked where neither says."""

    wide: ClassVar[tuple[str, ...]] = ("address", "grid")

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(label=_("Address or where it stands"), max_length=200, required=False)
    grid = TreeChoice(
        label=_("Grid"),
        queryset=Area.objects.none(),
        required=False,
        empty_label=_("found by the place on the map"),
        help_text=_("Only asked when neither a building nor the map says it."),
    )
    lon = forms.FloatField(
        label=_("Longitude"), widget=forms.HiddenInput, required=False, min_value=-180, max_value=180
    )
    lat = forms.FloatField(label=_("Latitude"), widget=forms.HiddenInput, required=False, min_value=-90, max_value=90)

    def __init__(self, *args: Any, by: Any, area: Area | None = None, thing: Any = None, **kwargs: Any) -> None:
        self.thing = thing
        kwargs["initial"] = (self.initial_of(thing) if thing else {}) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        mine = Area.objects.visible_to(by, Perm.KEEP_THINGS).standing().grids()
        fields["grid"].queryset = mine.order_by("path")
        self.offer(Building.objects.visible_to(by, Perm.KEEP_THINGS).filter(retired_at=None), area)

    def offer(self, buildings: Any, area: Area | None) -> None:
        """Let a form that knows buildings choose among those of the area."""

    def initial_of(self, thing: Any) -> dict[str, Any]:
        """What is known."""
        known = {name: getattr(thing, name) for name in self.base_fields if hasattr(thing, name)}
        known["grid"] = thing.area_id if thing.area.is_grid else None
        return known | ({"lon": thing.point.x, "lat": thing.point.y} if thing.point else {})

    def where(self) -> Where:
        """Where it is, as typed."""
        said = self.cleaned_data
        point = Point(said["lon"], said["lat"], srid=4326) if None not in (said["lon"], said["lat"]) else None
        building = said.get("building")
        if self.thing and building and building.pk != self.thing.building_id and self._same(point):
            point = None  # another building was chosen and the old pin left where it was
        return Where(building, point, said["grid"])

    def _same(self, point: Point | None) -> bool:
        old = self.thing.point
        return point is not None and old is not None and (point.x, point.y) == (old.x, old.y)

    def facts(self) -> dict[str, Any]:
        """What goes to the action beside the place."""
        return {name: value for name, value in self.cleaned_data.items() if name not in PLACING}


PLACING = ("grid", "lon", "lat", "building", "no_phone")


def _with_threshold(kind: PlaceKind) -> str:
    return f"{kind.label} · {THRESHOLDS[kind]}" if kind in THRESHOLDS else str(kind.label)


class PlaceForm(ThingForm):
    """A place."""

    kind = forms.ChoiceField(label=_("Kind"), choices=())
    wide = ("address", "building", "grid")

    building = forms.ModelChoiceField(
        label=_("Building"), queryset=Building.objects.none(), required=False, empty_label=_("none, or not in the list")
    )
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=24,
        required=False,
        help_text=_("18 characters, as on the licence."),
    )
    contact_phone = forms.CharField(
        label=_("Phone of the contact"),
        max_length=24,
        required=False,
        help_text=_("Kept encrypted and shown masked."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    no_phone = forms.BooleanField(label=_("Delete the phone"), required=False)
    field_order = ["name", "kind", "address", "credit_code", "contact_phone", "no_phone", "building", "grid"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [("", "—"), *((kind.value, _with_threshold(kind)) for kind in PlaceKind)]
        if self.thing is None or not self.thing.contact_phone:
            del fields["no_phone"]
        else:
            shown = {"value": str(self.thing.contact_phone)}
            fields["contact_phone"].help_text = _("Now %(value)s. Leave empty to keep it.") % shown

    def offer(self, buildings: Any, area: Area | None) -> None:
        """The buildings of the grid; all in reach while one select bears them."""
        where = area or (self.thing.area if self.thing else None)
        rows = buildings.filter(area=where) if where is not None and where.is_grid else buildings
        if rows.count() > MOST_CHOICES:
            rows = rows.none()
        if self.thing is not None and self.thing.building_id:  # a correction of the name is no reason to lose it
            rows = rows | Building.objects.filter(pk=self.thing.building_id)
        field: Any = self.fields["building"]
        field.queryset = rows.select_related("area").order_by("area_path", "code", "name")
        field.label_from_instance = lambda one: one.name if where is not None else f"{one.name} · {one.area.name}"

    def initial_of(self, thing: Any) -> dict[str, Any]:
        """A sealed phone is not written into a form."""
        return super().initial_of(thing) | {"contact_phone": "", "building": thing.building_id}

    def facts(self) -> dict[str, Any]:
        """An empty phone stays as it was unless it is deleted."""
        said = super().facts()
        if self.thing is not None and not said["contact_phone"]:
            del said["contact_phone"]
            if self.cleaned_data.get("no_phone"):
                said["contact_phone"] = ""
        return said


class AssetForm(ThingForm):
    """A city asset."""

    code = forms.CharField(
        label=_("Number"), max_length=24, help_text=_("16 digits: county 6, class 2, kind 2, sequence 6.")
    )
    condition = forms.ChoiceField(label=_("Condition"), choices=Condition.choices)
    owner = forms.CharField(
        label=_("Owner unit"),
        max_length=80,
        required=False,
        help_text=_("As the register calls it. A unit of this name gets the work."),
    )
    installed_on = DayField(label=_("Installed on"), required=False)
    field_order = ["code", "name", "condition", "owner", "installed_on", "address", "grid"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields["name"].help_text = _("Empty: its kind, by its number.")


class CloseForm(forms.Form):
    """Since when, and why."""

    on = DayField(label=_("Since which day"))
    why = forms.ChoiceField(label=_("Why"), choices=Ending.choices, widget=forms.RadioSelect, initial=Ending.GONE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class ReasonForm(forms.Form):
    """Why somebody needs to see what is masked."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"), min_length=4, max_length=200, help_text=_("It is kept with your name.")
    )
