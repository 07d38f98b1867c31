"""The ground as GeoJSON for maps: what the reader may see, on any day, sent again only when something has changed."""

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

import redis
from django import forms
from django.core.cache import cache
from django.db.models import BigIntegerField, CharField, Count, F, Func, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Collate, Concat
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.http import quote_etag
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gridgov.accounts.requests import SignedInRequest
from gridgov.typed import YEARS
from grids import permissions, tiles
from grids.geojson import area_lines, building_lines
from grids.models import Area, BoundaryVersion, Building
from grids.permissions import ABOVE, Perm, scope

MANY = 400  # shapes: from here on they are drawn a little simpler
TILED = 1_500  # shapes: from here on a map that can draws tiles instead
KEPT = 24 * 3600  # seconds a tile stays in the cache; its key changes with what it shows
BESIDE = 0.0002  # degrees (about 20 m): a lane may lie between two neighbours


def load(request: SignedInRequest, area_id: int, perm: str = Perm.VIEW_AREAS) -> Area:
    """The area, if the person holds `perm` on it; 404 otherwise."""
    return get_object_or_404(Area.objects.visible_to(request.user, perm).select_related("parent"), pk=area_id)


def noon(day: Any) -> datetime:
    """The middle of a day: the instant that stands for it."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def instant_of(day: date, at: datetime) -> datetime:
    """Noon of a past day; today means now: the ground may have changed this afternoon."""
    return at if day >= timezone.localdate(at) else noon(day)


class AskForm(forms.Form):
    """What a map may ask for."""

    under = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    around = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    kind = forms.ChoiceField(required=False, choices=Area.Kind.choices)
    at = forms.CharField(required=False, max_length=40)
    buildings = forms.BooleanField(required=False)
    tiles = forms.BooleanField(required=False)

    def clean_kind(self) -> str:
        """Grids unless told."""
        return self.cleaned_data["kind"] or Area.Kind.GRID

    def clean_at(self) -> datetime | None:
        """A past day or an instant; now without one, and for today."""
        text = self.cleaned_data["at"]
        try:
            day, instant = parse_date(text), parse_datetime(text)
        except ValueError:
            day, instant = None, None
        said = instant or day
        if text and (said is None or said.year not in YEARS):
            raise forms.ValidationError(_("Write a day, for example 2026-11-23."))
        if instant is not None and len(text) > 10:
            return instant if timezone.is_aware(instant) else timezone.make_aware(instant)
        return noon(day) if day and day < timezone.localdate() else None


def _versions(request: SignedInRequest, asked: dict[str, Any]) -> QuerySet[BoundaryVersion]:
    """The boundaries that hold, or held `at`, of the areas asked for and in reach."""
    rows = BoundaryVersion.objects.visible_to(request.user).filter(kind=asked["kind"])
    at = asked["at"]
    if at is None:
        rows = rows.filter(until=None, area__retired_at=None)
    else:
        rows = rows.filter(Q(until=None) | Q(until__gt=at), since__lte=at)
    if asked["under"]:
        path = load(request, asked["under"]).path
        rows = rows.filter(area__path__gte=path, area__path__lt=path + ABOVE)
    if asked["around"]:
        own = load(request, asked["around"]).boundaries.filter(until=None).first()
        rows = rows.filter(polygon__dwithin=(own.polygon, BESIDE)).exclude(area=own.area_id) if own else rows.none()
    return rows


def _houses(request: SignedInRequest, asked: dict[str, Any]) -> QuerySet[Building]:
    """The buildings below the area asked for that have a place."""
    rows = Building.objects.visible_to(request.user).filter(retired_at=None)
    if asked["under"]:
        path = load(request, asked["under"]).path
        rows = rows.filter(area_path__gte=path, area_path__lt=path + ABOVE)
    return rows


def _fingerprint(rows: QuerySet[Any], *columns: str) -> dict[str, Any]:
    """How many there are, and a sum that changes when one of them does; one query."""
    text = Concat(*[Cast(column, CharField()) for column in columns], Value("")) if len(columns) > 1 else F(columns[0])
    hashed = Func(Collate(text, "C"), Value(0), function="hashtextextended", output_field=BigIntegerField())
    return rows.aggregate(count=Count("pk"), sum=Sum(hashed))


def tiles_at(layer: str) -> str:
    """The address of the tiles of a layer, with {z}, {x} and {y} to be filled in."""
    return reverse("grids:tile", args=[layer, 0, 0, 0]).replace("/0/0/0.pbf", "/{z}/{x}/{y}.pbf")


def _as_tiles(request: SignedInRequest, asked: dict[str, Any], rows: QuerySet[BoundaryVersion], count: int) -> Any:
    """Where the tiles are that say the same, for a map that asked for them; one query."""
    query = {key: request.GET[key] for key in ("under", "at") if request.GET.get(key)}
    facts = {
        "url": f"{tiles_at(asked['kind'])}?{urlencode(query)}",
        "bounds": tiles.bounds(rows, "polygon"),
        "count": count,
        "kind": asked["kind"],
    }
    said = {**facts, "page": reverse("grids:area", args=[0]).replace("/0/", "/{ref}/")}
    return {"type": "FeatureCollection", "features": [], "tiles": said}


@require_safe
def tile(request: SignedInRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """A vector tile of areas of one level, or of `buildings`; at most two queries beside who is asking."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    form = AskForm({**request.GET.dict(), "kind": "" if layer == "buildings" else layer})
    if not tiles.exists((z, x, y)) or not form.is_valid():
        raise Http404
    paths = scope(request.user).paths(Perm.VIEW_AREAS)
    rows: QuerySet[Any]
    if layer == "buildings":
        rows, make = tiles.houses_within(_houses(request, form.cleaned_data), (z, x, y)), tiles.draw_houses
        marks = _fingerprint(rows, "id", "name", "footprint", "point")
    else:
        rows, make = tiles.within(_versions(request, form.cleaned_data), "polygon", (z, x, y)), tiles.draw_areas
        marks = _fingerprint(rows, "id", "area__name")
    said = f"{tiles.EXTENT}{layer}{z}/{x}/{y}{paths}{sorted(request.GET.items())}{marks}"
    etag = quote_etag(hashlib.sha256(said.encode()).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag)
    if response is None:
        body = _kept(etag, lambda: make(rows, (z, x, y), marks["count"]))
        response = HttpResponse(body, content_type="application/vnd.mapbox-vector-tile")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _kept(key: str, make: Callable[[], bytes]) -> bytes:
    """A tile out of the cache, which may be away at any time."""
    name = f"tile:{key}"
    try:
        body = cache.get(name)
    except redis.exceptions.RedisError:
        return make()
    if body is None:
        body = make()
        with suppress(redis.exceptions.RedisError):
            cache.set(name, body, KEPT)
    return bytes(body)


@require_safe
def geojson(request: SignedInRequest) -> HttpResponse:
    """Shapes of grids (or of `kind`) in reach: `under` an area, `around` one, `at` a day, with `buildings`."""
    permissions.require_anywhere(request.user, Perm.VIEW_AREAS)
    form = AskForm(request.GET)
    if not form.is_valid():
        if "under" in form.errors or "around" in form.errors:
            raise Http404
        return JsonResponse({"errors": form.errors}, status=400)
    asked = form.cleaned_data
    houses = _houses(request, asked).filter(footprint__isnull=False) if asked["buildings"] else Building.objects.none()
    rows = _versions(request, asked)
    marks = _fingerprint(rows, "id", "area__name"), _fingerprint(houses, "id", "name", "footprint")
    said = f"{scope(request.user).paths(Perm.VIEW_AREAS)}{sorted(request.GET.items())}{marks}"
    etag = quote_etag(hashlib.sha256(said.encode()).hexdigest()[:32])
    response = get_conditional_response(request, etag=etag)
    if response is None and asked["tiles"] and marks[0]["count"] > TILED:
        response = JsonResponse(_as_tiles(request, asked, rows, marks[0]["count"]))
    if response is None:
        lines = [*area_lines(rows, rough=marks[0]["count"] > MANY), *building_lines(houses)]
        body = '{"type":"FeatureCollection","features":[' + ",\n".join(lines) + "]}"
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
