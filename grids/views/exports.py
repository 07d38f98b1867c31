"""Taking a map away: which shapes, of which day, as which file, in which datum."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.typed import DayField
from grids import exports
from grids.actions.exports import export_map, may_export
from grids.forms import saved
from grids.geodata.writing import FORMATS, ZONE, Layer, mark_of, system_of, write
from grids.models import Area, BoundaryPlan
from grids.views import plan_document
from grids.views.shapes import instant_of, load

DATUMS = [
    ("EPSG:4326", gettext_lazy("WGS-84 (EPSG:4326)")),
    ("EPSG:4490", gettext_lazy("CGCS2000 (EPSG:4490)")),
    ("gcj02", gettext_lazy("GCJ-02 (Amap, Tencent)")),
    ("bd09", gettext_lazy("BD-09 (Baidu)")),
    (ZONE, gettext_lazy("CGCS2000, metres in the 3-degree zone of the place")),
]
FILES = [
    ("geojson", "GeoJSON (.geojson)"),
    ("shapefile", gettext_lazy("Shapefile, zipped (.zip)")),
    ("kml", "KML (.kml)"),
    ("kmz", "KMZ (.kmz)"),
    ("gpkg", "GeoPackage (.gpkg)"),
    ("dxf", gettext_lazy("CAD drawing (.dxf)")),
]
LISTS = [("xlsx", gettext_lazy("List of buildings (.xlsx)"))]
BUILDINGS = [
    ("footprints", gettext_lazy("Buildings: footprints")),
    ("points", gettext_lazy("Buildings: points")),
]


class FileForm(forms.Form):
    """Which file, in which datum."""

    form = forms.ChoiceField(label=gettext_lazy("File format"), choices=FILES)
    datum = forms.ChoiceField(
        label=gettext_lazy("Coordinates"),
        choices=DATUMS,
        help_text=gettext_lazy("GCJ-02 and BD-09 only fit those web maps; the file's name says which it is."),
    )

    def clean(self) -> dict[str, Any]:
        """KML knows one datum, a list of buildings degrees and no borders."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("form") == "xlsx" and said.get("what") != "points":
            self.add_error("form", _("A list holds no borders. Choose “Buildings: points”, or another file."))
        if said.get("form") == "xlsx" and said.get("datum") == ZONE:
            self.add_error("datum", _("A list holds degrees. Choose WGS-84 or CGCS2000, or another file."))
        if said.get("form") in ("kml", "kmz") and said.get("datum") not in (None, "EPSG:4326"):
            self.add_error("datum", _("KML holds WGS-84 only. Choose WGS-84 or another file."))
        return said


class AreaFileForm(FileForm):
    """Which shapes of an area, of which day."""

    what = forms.ChoiceField(label=gettext_lazy("Which shapes"))
    on = DayField(
        label=gettext_lazy("As it was on"),
        required=False,
        help_text=gettext_lazy("Empty: as it is now. Buildings are always as they are now."),
    )
    field_order = ["what", "on", "form", "datum"]

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = list(Area.Kind)
        levels = [(one.value, one.label) for one in reversed(order[order.index(Area.Kind(area.kind)) :])]
        field: Any = self.fields["what"]
        field.choices = [*levels, *BUILDINGS]
        files: Any = self.fields["form"]
        files.choices = [*FILES, *LISTS]

    def clean_on(self) -> Any:
        """A day that computers knew."""
        day = self.cleaned_data["on"]
        if day and not 1970 < day.year < 2200:
            raise forms.ValidationError(_("Choose a day after 1970."))
        return day


def _layer(area: Area, said: dict[str, Any], moment: datetime) -> Layer:
    if said["what"] in ("footprints", "points"):
        return exports.buildings(area, footprints=said["what"] == "footprints")
    return exports.areas(area, said["what"], instant_of(said["on"], moment) if said.get("on") else moment)


def _readme(name: str, said: dict[str, Any], request: SignedInRequest) -> str:
    """What whoever finds the file must know: what it is, in which datum, who took it away and when."""
    return _("%(name)s. Coordinates: %(datum)s. Exported by %(who)s on %(when)s.") % {
        "name": name,
        "datum": mark_of(said["datum"]),
        "who": request.user.name,
        "when": f"{timezone.localtime(now(request)):%Y-%m-%d %H:%M}",
    }


def _record(thing: Area | BoundaryPlan, what: str, layer: Layer, said: dict[str, Any], request: SignedInRequest) -> int:
    """The system is settled by where the shapes lie, and stands in the record."""
    said["datum"] = system_of(said["datum"], layer.shapes)
    facts = {"form": said["form"], "datum": said["datum"], "rows": len(layer.rows)}
    return export_map(thing, what=what, by=request.user, now=now(request), **facts)


def _sent(request: SignedInRequest, layer: Layer, name: str, said: dict[str, Any]) -> HttpResponse:
    how = FORMATS[said["form"]]
    body = write(layer, said["form"], said["datum"], readme=_readme(name, said, request))
    response = HttpResponse(body, content_type=how.content_type)
    file_name = f"{name}-{mark_of(said['datum']).replace('-', '')}{how.suffix}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name, safe='')}"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def export_area(request: SignedInRequest, area_id: int) -> HttpResponse:
    """The shapes of an area as a file; recorded before it leaves."""
    found = load(request, area_id)
    if not may_export(request.user, found):
        raise PermissionDenied
    form = AreaFileForm(request.POST or None, area=found)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        layer = _layer(found, said, now(request))
        if saved(form, lambda: _record(found, said["what"], layer, said, request)):
            day = said["on"] or timezone.localtime(now(request))
            return _sent(request, layer, f"{found.name}-{said['what']}-{day:%Y%m%d}", said)
    return render(request, "grids/export.html", {"form": form, "area": found, "name": found.name})


@require_http_methods(["GET", "HEAD", "POST"])
def export_plan(request: SignedInRequest, plan_id: UUID) -> HttpResponse:
    """The shapes of a plan as a file; recorded before it leaves."""
    found: BoundaryPlan = plan_document.load(request, plan_id)
    if not may_export(request.user, found):
        raise PermissionDenied
    form = FileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said, layer = form.cleaned_data, exports.plan(found)
        if saved(form, lambda: _record(found, "plan", layer, said, request)):
            return _sent(request, layer, f"{found.name}-{found.revision}", said)
    return render(request, "grids/export.html", {"form": form, "plan": found, "name": found.name})
