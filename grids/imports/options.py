"""What must be said about a map before it can be taken in: asked with the file's own columns to choose from."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grids.forms import TreeChoice
from grids.geodata import Reading, layers_of, read, zones
from grids.models import Area, Way
from grids.permissions import Perm

CRS: list[Any] = [
    ("", _("as the file says")),
    ("EPSG:4326", _("WGS-84 (EPSG:4326)")),
    ("EPSG:4490", _("CGCS2000 (EPSG:4490)")),
    ("gcj02", _("GCJ-02 (Amap, Tencent)")),
    ("bd09", _("BD-09 (Baidu)")),
    *zones.choices(),
]
ENCODINGS = [("", _("as the file says")), ("UTF-8", "UTF-8"), ("GB18030", "GB18030")]
EXAMPLES = 1_000  # rows looked at for one that fills a column
MOST_LAYERS = 40  # offered for choice


def columns_of(content: bytes, name: str, *, lines: bool = False) -> list[tuple[str, str]]:
    """The file's own columns, of all its layers."""
    layers, needed = layers_of(name, content, lines=lines)
    each = layers[:MOST_LAYERS] if layers and needed else [""]
    found = {key: shown for one in each for key, shown in _columns(content, name, one, lines)[::-1]}
    return list(found.items())[::-1]


def _columns(content: bytes, name: str, layer: str, lines: bool) -> list[tuple[str, str]]:
    """Those of one layer. Its coordinates may not be known yet: any numbers are metres of some projection."""
    try:
        found = read(name, content, layer=layer, lines=lines)
    except ValidationError as error:
        if error.code not in ("no_crs", "no_prj", "not_degrees"):
            raise
        found = read(name, content, crs="EPSG:3857", layer=layer, lines=lines)
    return [(one, f"{one} ({example})" if (example := _example(found, one)) else one) for one in found.columns]


def _example(found: Reading, column: str) -> str:
    """The beginning of what stands in a column, from the first row where something does."""
    said = (one.properties.get(column) for one in found.features[:EXAMPLES])
    return next((str(value)[:20] for value in said if value not in (None, "") and str(value) != "nan"), "")


class MapOptions(forms.Form):
    """What every map needs."""

    crs = forms.ChoiceField(label=_("Coordinates"), choices=CRS, required=False)
    encoding = forms.ChoiceField(label=_("Encoding of names"), choices=ENCODINGS, required=False)


LEVELS = [(kind.value, kind.label) for kind in reversed(Area.Kind) if kind != Area.Kind.DISTRICT]


def with_layer(form: type[forms.Form], content: bytes, name: str, *, lines: bool = False) -> type[forms.Form]:
    """The form, asking first for the layer where the file has several, or for some where they can be read at once."""
    layers, needed = layers_of(name, content, lines=lines)
    if layers:
        choices = [(one, one) for one in layers[:MOST_LAYERS]]
        made: Any = form
        made.base_fields = {"layer": _one_layer(choices) if needed else _some_layers(choices), **made.base_fields}
        made.field_order = ["layer", *(made.field_order or ())]
    return form


def _one_layer(choices: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(label=_("Layer of the file"), choices=choices)


def _some_layers(choices: list[tuple[str, str]]) -> forms.Field:
    return forms.MultipleChoiceField(
        label=_("Layers of the file"),
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all of them."),
    )


REST = [("keep", _("stay as they are")), ("drop", _("go: the file is the whole division"))]
GUESSES = {  # what our templates and common exports call a column, in lower case
    "code": ("code", "编码", "代码", "网格编码", "网格代码"),
    "name": ("name", "名称", "道路名称", "路名", "网格名称", "网格名", "villname", "楼栋", "building"),
    "grid": ("grid", "网格编码", "所属网格编码", "网格代码", "所属网格代码", "code of the grid"),
    "address": ("address", "地址"),
    "class": ("class", "kind", "highway", "waterway", "fclass", "type", "layer", "等级", "道路等级", "类别", "类型"),
}


def _column(label: Any, none: Any, columns: list[tuple[str, str]], what: str) -> forms.ChoiceField:
    """One of the file's columns; the one that is called so is chosen to begin with."""
    guess = next((one for one, _shown in columns if one.strip().lower() in GUESSES[what]), "")
    return forms.ChoiceField(label=label, required=False, choices=[("", none), *columns], initial=guess)


def area_options(content: bytes, name: str, by: Any) -> type[forms.Form]:
    """The form for areas from this file."""
    columns = columns_of(content, name)
    parents = Area.objects.visible_to(by, Perm.EDIT_AREAS).standing().exclude(kind=Area.Kind.GRID)

    class AreaOptions(MapOptions):
        """Level, parent, and which column is what."""

        kind = forms.ChoiceField(label=_("Import as"), choices=list(reversed(Area.Kind.choices)))
        parent = TreeChoice(label=_("Upper area"), queryset=parents, required=False)
        code_field = _column(_("Column with the code"), _("none: make codes, from west to east"), columns, "code")
        name_field = _column(_("Column with the name"), _("none"), columns, "name")
        scheme = forms.CharField(
            label=_("Scheme of the codes"),
            max_length=16,
            required=False,
            help_text=_("Empty for national codes; a short name for codes of another country or office."),
        )
        field_order = ["kind", "parent", "code_field", "name_field", "crs", "encoding", "scheme"]

    return with_layer(AreaOptions, content, name)


def plan_options(content: bytes, name: str, by: Any) -> type[forms.Form]:
    """The form for a draft plan from this file."""
    columns = columns_of(content, name)
    parents = Area.objects.visible_to(by, Perm.PLAN_BOUNDARIES).standing().exclude(kind=Area.Kind.GRID)

    class PlanOptions(MapOptions):
        """What is divided, into what, and which column is what."""

        parent = TreeChoice(label=_("Divides"), queryset=parents)
        kind = forms.ChoiceField(label=_("Into"), choices=LEVELS)
        plan_name = forms.CharField(label=_("Name of the plan"), max_length=80, initial=PurePath(name).stem[:80])
        code_field = _column(_("Column with the code"), _("none"), columns, "code")
        name_field = _column(_("Column with the name"), _("none"), columns, "name")
        rest = forms.ChoiceField(label=_("Areas that the file does not have"), choices=REST, initial="keep")
        field_order = ["parent", "kind", "plan_name", "name_field", "code_field", "rest", "crs", "encoding"]

    return with_layer(PlanOptions, content, name)


def way_options(content: bytes, name: str, by: Any) -> type[forms.Form]:
    """The form for roads and water from this file."""
    columns = columns_of(content, name, lines=True)
    areas = Area.objects.visible_to(by, Perm.EDIT_AREAS).standing().exclude(kind=Area.Kind.GRID)

    class WayOptions(MapOptions):
        """Whose lines they are, and which column is what."""

        area = TreeChoice(
            label=_("Upper area"), queryset=areas, help_text=_("They replace the roads and water it has now.")
        )
        name_field = _column(_("Column with the name"), _("none"), columns, "name")
        class_field = _column(_("Column with the class"), _("none"), columns, "class")
        kind = forms.ChoiceField(
            label=_("Class of the others"),
            choices=Way.Kind.choices,
            initial=Way.Kind.ROAD,
            help_text=_("For lines whose class is not given or not known."),
        )
        field_order = ["area", "name_field", "class_field", "kind", "crs", "encoding"]

    return with_layer(WayOptions, content, name, lines=True)


def thing_options(content: bytes, name: str) -> type[forms.Form]:
    """The form for places or city assets from this file: its columns are called like those of the template."""

    class ThingOptions(MapOptions):
        """Datum and encoding."""

    return with_layer(ThingOptions, content, name)


def building_options(content: bytes, name: str, by: Any) -> type[forms.Form]:
    """The form for buildings from this file."""
    columns = columns_of(content, name)

    class BuildingOptions(MapOptions):
        """Which column is what."""

        name_field = _column(_("Column with the name"), _("none"), columns, "name")
        grid_field = _column(_("Column with the grid's code"), _("none: by their place"), columns, "grid")
        address_field = _column(_("Column with the address"), _("none"), columns, "address")
        field_order = ["name_field", "grid_field", "address_field", "crs", "encoding"]

    return with_layer(BuildingOptions, content, name)
