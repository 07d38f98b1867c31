"""What the filters and step forms offer to choose from, each in one query."""

from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language

from grids.models import Area
from grids.permissions import Perm
from incidents.models import Category, Incident, SavedView
from teams.models import Unit

Choice = tuple[str, str]


def _english() -> bool:
    return not (get_language() or "zh").startswith("zh")


def _text(name: str) -> Any:
    return Cast(F(name), CharField())


def for_filters(user: Any) -> dict[str, list[Choice]]:
    """Areas (path), units (id) and headings of the catalogue (code) that narrow the person's lists, and the views they
    saved (their query, "id?tab=…"); one query.
    """
    areas = Area.objects.visible_to(user).standing().exclude(kind=Area.Kind.DISTRICT).order_by()
    units = Unit.objects.standing().exclude(kind=Unit.Kind.GRID_TEAM).filter(
        Q(pk__in=Unit.objects.visible_to(user, Perm.VIEW_AREAS).values("pk"))
    ).order_by()  # fmt: skip
    majors = Category.objects.majors().filter(is_active=True).order_by()
    name = "name_en" if _english() else "name"
    views = SavedView.objects.visible_to(user).kept().order_by()
    union = areas.values_list(Value("area"), "path", _text("name"), "path").union(
        units.values_list(Value("unit"), _text("pk"), _text("name"), "area_path"),
        majors.values_list(Value("category"), "code", _text(name), "code"),
        views.values_list(Value("view"), Concat(_text("pk"), Value("?"), "query"), _text("name"), "name"),
        all=True,
    )
    found: dict[str, list[Choice]] = {"area": [], "unit": [], "category": [], "view": []}
    rows = sorted(union, key=lambda row: row[3])
    top = min((len(path) for kind, path, *_rest in rows if kind == "area"), default=0)
    for kind, key, label, path in rows:
        indent = "\u3000" * ((len(path) - top) // 6) if kind == "area" else ""
        found[kind].append((key, indent + label))
    return found


def units_for_dispatch(incident: Incident) -> list[tuple[str, list[Choice]]]:
    """The units that can be given work where the incident lies, by kind, the grid's own team first; one query."""
    near = Q(area_path__in=incident.area.ancestor_paths)
    inside = Q(area_path__gte=incident.area_path[:12], area_path__lt=incident.area_path[:12] + "~")
    units = Unit.objects.standing().filter(near | inside & ~Q(kind=Unit.Kind.GRID_TEAM) | Q(area=incident.area))
    grouped: dict[str, list[Choice]] = {}
    for unit in units.order_by("kind", "area_path", "pk"):
        grouped.setdefault(unit.get_kind_display(), []).append((str(unit.pk), unit.name))
    return list(grouped.items())


def grids_for(incident: Incident) -> list[Choice]:
    """The grids, then the communities, of the street in which the incident lies; one query."""
    areas = Area.objects.standing().below(incident.area_path[:12]).exclude(kind=Area.Kind.STREET)
    return [(str(pk), f"{name} · {code}") for pk, name, code in areas.values_list("pk", "name", "code")]


def categories() -> list[tuple[str, list[Choice]]]:
    """What can be reported, by heading; one query."""
    grouped: dict[str, list[Choice]] = {}
    for entry in Category.objects.offered().select_related("major").order_by("code"):
        assert entry.major is not None
        grouped.setdefault(entry.major.label, []).append((entry.code, entry.label))
    return list(grouped.items())
