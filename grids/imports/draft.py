"""Boundaries that come in as a draft plan: drawn elsewhere, checked and approved like what is drawn here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.actions import plans
from grids.division import ground
from grids.division.checks import check, division_of
from grids.division.shapes import Shape, feature, read_shapes, shape_of
from grids.geodata import Feature, polygonal
from grids.imports import samples
from grids.imports.engine import CREATED, REFUSED, UPDATED, Options, Outcome, Played
from grids.imports.fit import placed
from grids.imports.options import plan_options
from grids.models import Area, BoundaryPlan
from grids.permissions import Perm


class PlanFromMap:
    """Polygons become the shapes of a draft: areas of the same code or name are redrawn, the others are new."""

    key = "plan"
    label = gettext_lazy("Boundaries as a draft plan")
    help = gettext_lazy("Nothing changes yet: the draft is checked, approved and takes effect like any other plan.")
    perm = Perm.PLAN_BOUNDARIES
    endings = (".geojson", ".json", ".zip", ".kml", ".kmz", ".gpkg", ".dxf")
    columns = (
        ("code", gettext_lazy("Code"), "990101001001001"),
        ("name", gettext_lazy("Name"), "春风第一网格"),
    )
    sample = samples.AREAS

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """What is divided, columns and datum."""
        return plan_options(content, name, by)

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The parent by its id, so that it is found again."""
        return {**said, "parent": said["parent"].pk}

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """Features, each with what the file as a whole is held against."""
        parent = Area.objects.get(pk=options["parent"])
        found, tried = placed(content, name, options, parent)
        known = {one.code: one for one in ground.children_of(parent, options["kind"])}
        named = {one.name: one for one in known.values()}
        return [(one.number, (one, known, named, tried)) for one in found]

    def act(self, row: Any, options: Options, *, by: Any, now: datetime) -> Outcome:
        """One shape of the draft."""
        one, known, named, tried = cast("tuple[Feature, dict[str, Area], dict[str, Area], Any]", row)
        if one.geometry is None:
            raise ValidationError(one.problem or _("It has no shape."))
        checked = polygonal(one.geometry, one.note)
        code, name = (
            str(one.properties.get(options.get(f"{key}_field") or "") or "").strip() for key in ("code", "name")
        )
        area = known.get(code) or named.get(name)
        if area is None:
            shape = Shape(key=f"n{one.number}", name=name[:80] or code, geometry=checked.geometry)
        else:
            shape = shape_of(area, checked.geometry).but(name=name[:80] or area.name)
        note = _("repaired: %(why)s") % {"why": checked.repaired} if checked.repaired else ""
        kind = UPDATED if area else CREATED
        label = f"{shape.name} {shape.code}".strip() or _("unnamed")
        return Outcome(kind, label, note, shape=checked.geometry, made=(shape, tried))

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """Make the plan, look at it as its page would, and say in which system the file fits best."""
        if any(line.kind == REFUSED for line in played.lines) and not played.made:
            return
        if not played.made:
            raise ValidationError(_("There is no polygon in this file."), code="empty")
        played.fits = played.made[0][1]
        parent = Area.objects.get(pk=options["parent"])
        facts = {"kind": options["kind"], "name": options["plan_name"], "note": _("From a file")}
        plan = plans.create_plan(parent, by=by, now=now, **facts)
        shapes = self._whole([shape for shape, _tried in played.made], plan, options)
        plans.save_draft(plan, shapes, [], revision=plan.revision, by=by, now=now)
        played.undo, played.area_path = [{"plan": str(plan.pk)}], parent.path
        played.findings = check(division_of(plan, shapes))

    def _whole(self, shapes: list[Shape], plan: BoundaryPlan, options: Options) -> list[Shape]:
        """With the areas the file does not have, when they stay; held to what a draft may be."""
        known = ground.known_to(plan)
        if options.get("rest") != "drop":
            there = {shape.area_id for shape in shapes}
            left = [one for one in ground.children_of(plan.parent, plan.child_kind) if one.pk not in there]
            versions = ground.current_of(left)
            shapes = shapes + [shape_of(one, versions[one.pk].drawing if one.pk in versions else None) for one in left]
        said = {"features": [feature(shape) for shape in shapes]}
        return read_shapes(said, kind=plan.child_kind, known=known)

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """The draft is withdrawn; one that took effect is gone back from on its own page."""
        plan = BoundaryPlan.objects.select_related("parent").get(pk=item["plan"])
        plans.withdraw(plan, by=by, now=now, words=_("The import was taken back."))
