"""The import pages: hand a file in, say what it is, see what it would do, do it, take it back."""

from typing import Any

import shapely
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from shapely.geometry import mapping

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.paging import keyset
from grids.actions import imports as actions
from grids.division.faults import Level
from grids.forms import attempt
from grids.geodata.limits import MEGABYTE, MOST_BYTES
from grids.imports import Importer, Played, back_until, importers, tables
from grids.imports.fit import apart, better
from grids.models import Area, ImportBatch
from grids.permissions import scope
from grids.sheets import XLSX

MOST_SHAPES, MOST_LINES, MOST_FINDINGS = 3000, 500, 60  # of one page


class FileForm(forms.Form):
    """Which kind, which file."""

    kind = forms.ChoiceField(label=gettext_lazy("What the file holds"))
    file = forms.FileField(label=gettext_lazy("The file"))

    def __init__(self, *args: Any, offered: list[Importer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [(one.key, one.label) for one in offered]

    def clean_file(self) -> Any:
        """Not larger than what will be read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            words = _("This file is larger than %(limit)s MB. Split it and import the parts one by one.")
            raise ValidationError(words, params={"limit": MOST_BYTES // MEGABYTE})
        return file


def offered(request: SignedInRequest) -> list[Importer]:
    """The kinds this person may import; nobody else gets the pages."""
    found = [one for one in importers() if scope(request.user).holds(one.perm)]
    if not found:
        raise PermissionDenied(_("Your posts include no imports."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def imports(request: SignedInRequest) -> HttpResponse:
    """What was imported, and a new file."""
    kinds = offered(request)
    initial = {"kind": request.GET.get("kind", "")}
    form = FileForm(request.POST or None, request.FILES or None, offered=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
        made = attempt(form, lambda: actions.upload(kind, file.name, file.read(), by=request.user, now=now(request)))
        if made is not None:
            return redirect("imports:batch", made.pk)
    rows = ImportBatch.objects.visible_to(request.user).select_related("uploaded_by", "undone_by")
    labels = {one.key: one.label for one in importers()}
    page = keyset(rows, request, by=("-id",), size=20)
    lines = [{"batch": batch, "label": labels.get(batch.kind, batch.kind)} for batch in page.rows]
    context = {"form": form, "kinds": kinds, "page": page, "lines": lines, "now": now(request)}
    return render(request, "grids/imports.html", context)


@require_safe
def template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The .xlsx to fill in."""
    importer = next((one for one in offered(request) if one.key == kind and one.columns), None)
    if importer is None:
        raise Http404
    response = HttpResponse(tables.template(importer.columns), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@require_safe
def sample(request: SignedInRequest, kind: str) -> HttpResponse:
    """A small map of the same columns as the template, to see what a map file looks like inside."""
    importer = next((one for one in offered(request) if one.key == kind and one.sample), None)
    if importer is None:
        raise Http404
    response = JsonResponse(importer.sample, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{kind}.geojson"'
    return response


def _load(request: SignedInRequest, pk: Any) -> tuple[ImportBatch, Importer]:
    kinds = {one.key: one for one in offered(request)}
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk, kind__in=kinds)
    return batch, kinds[batch.kind]


def _options_form(request: SignedInRequest, batch: ImportBatch, importer: Importer) -> forms.Form | None:
    made = importer.form(actions.content_of(batch), batch.file_name, request.user)
    return made(request.POST or None, initial=batch.options or None) if made else None


def _shapes(played: Played) -> dict[str, Any]:
    """What was read, on the map; faults on top in red, so that a wrong datum is seen at once."""
    features = [
        _drawn(part, label=line.label, kind="grid" if part.geom_type == "Polygon" else "way")
        for line in played.lines[:MOST_SHAPES]
        if line.shape is not None
        for part in getattr(line.shape, "geoms", [line.shape])
        if part.geom_type in ("Polygon", "LineString")
    ]
    features += [_drawn(fault.shape, label=" · ".join(fault.names), kind="fault") for fault in played.faults[:200]]
    lines = [one for one in played.findings if one.where is not None and not one.where.geom_type.endswith("Point")]
    features += [_drawn(one.where, label=one.words, kind="fault") for one in lines[:200] if one.level != Level.NOTICE]
    return {"type": "FeatureCollection", "features": features}


def _drawn(shape: Any, **properties: Any) -> dict[str, Any]:
    drawing = mapping(shapely.set_precision(shape, 1e-7, mode="pointwise"))
    return {"type": "Feature", "geometry": drawing, "properties": properties}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def batch(request: SignedInRequest, pk: Any) -> HttpResponse:
    """One file: say what it is, then see what it would do."""
    found, importer = _load(request, pk)
    until = back_until(found.kind, found.applied_at)
    late = until is not None and now(request) > until
    context: dict[str, Any] = {"batch": found, "importer": importer, "now": now(request), "until": until, "late": late}
    if found.applied_at is None:
        try:
            form = _options_form(request, found, importer)
            if request.method == "POST" and form is not None and form.is_valid():
                said = importer.options(form.cleaned_data)
                actions.choose_options(found, said, by=request.user, now=now(request))
                return redirect("imports:batch", found.pk)
            context["form"] = form
            if form is None or (found.options and request.method != "POST"):
                played = actions.preview(found, by=request.user, now=now(request))
                context |= _looked_at(found, played)
        except ValidationError as error:
            context["problem"] = " ".join(error.messages)
    elif found.undone_at is None:
        context["plan"] = next((item["plan"] for item in found.undo if isinstance(item, dict) and "plan" in item), "")
    return render(request, "grids/import.html", context)


def _looked_at(batch: ImportBatch, played: Played) -> dict[str, Any]:
    """What a preview found, for the page."""
    return {
        "played": played,
        "map": _shapes(played),
        "shown": _notable(played),
        "doubt": better(played.fits) or _apart(batch, played),
        "findings": played.findings[:MOST_FINDINGS],
    }


def _apart(batch: ImportBatch, played: Played) -> str:
    """How far away from its parent the file is, when it is."""
    parent = Area.objects.filter(pk=batch.options.get("parent") or batch.options.get("area") or 0).first()
    return apart([line.shape for line in played.lines if line.shape is not None], parent)


def _notable(played: Played) -> list[Any]:
    """Refused rows first, then those with a note, then the rest, as many as a page bears."""
    return sorted(played.lines, key=lambda line: (line.kind != "refused", not line.note, line.number))[:MOST_LINES]


@require_POST
def apply_batch(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Do it."""
    found, _importer = _load(request, pk)
    try:
        actions.apply_import(found, by=request.user, now=now(request))
        messages.success(request, _("Imported. It can be taken back here."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("imports:batch", found.pk)


@require_POST
def abandon_batch(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Throw the file away."""
    found, _importer = _load(request, pk)
    try:
        actions.abandon_import(found, by=request.user, now=now(request))
        messages.success(request, _("The file was discarded; nothing was changed."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("imports:list")


@require_POST
def undo_batch(request: SignedInRequest, pk: Any) -> HttpResponse:
    """Take it back."""
    found, _importer = _load(request, pk)
    try:
        actions.undo_import(found, by=request.user, now=now(request))
        messages.success(request, _("Taken back."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("imports:batch", found.pk)
