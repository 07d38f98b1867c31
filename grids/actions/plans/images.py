"""A plan on paper under a draft: handed in, laid on the ground by three points, taken away; each can be undone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import shapely
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gridgov.audit import actions as audit
from gridgov.privacy import files
from gridgov.sync import attachments
from grids.actions.plans.draft import lock
from grids.division.ground import outline_of
from grids.geodata import tracing
from grids.geodata.datum import WGS84, named, transformed
from grids.geodata.measure import in_metres
from grids.models import BoundaryPlan, PlanImage
from grids.permissions import Perm, require

LONGEST_SIDE = 4096  # pixels: a sheet of A1 can still be read
ENDINGS = (".png", ".jpg", ".jpeg")
KEPT_FIXINGS = 20
MOST_IMAGES = 20


def checked(content: bytes, name: str) -> attachments.Photo:
    """The image written anew. ValidationError when it is none, is damaged, or is too large."""
    if not name.lower().endswith(ENDINGS):
        raise ValidationError(_("Give a PNG or JPEG file."), code="ending")
    limit = settings.PLAN_IMAGE_MAX_BYTES
    return attachments.picture(ContentFile(content), side=LONGEST_SIDE, most_bytes=limit)


def content_of(image: PlanImage) -> bytes:
    """The JPEG. ValidationError when it is not there any more."""
    return files.opened(image.file, _context(image))


def _context(image: PlanImage) -> str:
    return f"grids.planimage.file:{image.plan_id}:{image.nth}"


def _draft(plan: BoundaryPlan, by: Any) -> BoundaryPlan:
    """The plan, locked. ValidationError outside a draft."""
    require(by, Perm.PLAN_BOUNDARIES, plan)
    locked = lock(plan)
    if not locked.editable:
        raise ValidationError(_("Only a draft can be changed."), code="not_draft")
    return locked


def _in_use(plan: BoundaryPlan) -> PlanImage:
    image = plan.images.filter(removed_at=None).last()
    if image is None:
        raise ValidationError(_("There is no image under this plan."), code="no_image")
    return image


@transaction.atomic
def add_image(plan: BoundaryPlan, file: File, *, by: Any, now: datetime) -> PlanImage:
    """Lay an image ready; the one in use before is removed and can be put back."""
    locked = _draft(plan, by)
    name = str(file.name or "")
    file.seek(0)
    made = checked(file.read(settings.PLAN_IMAGE_MAX_BYTES + 1), name)
    if locked.images.count() >= MOST_IMAGES:
        raise ValidationError(_("This plan has had %(most)s images; begin a new plan.") % {"most": MOST_IMAGES})
    locked.images.filter(removed_at=None).update(removed_at=now, removed_by=by)
    nth = (locked.images.aggregate(last=Max("nth"))["last"] or 0) + 1
    image = PlanImage(plan=locked, nth=nth, file_name=name[-120:], sha256=made.sha256, uploaded_at=now, uploaded_by=by)
    image.width, image.height = made.width, made.height
    image.file.save(f"plan-images/{locked.pk}-{nth}", files.sealed(made.full, _context(image)), save=False)
    image.save(force_insert=True)
    audit.record("grids.add_plan_image", locked, by=by, at=now, nth=nth, sha256=made.sha256)
    return image


@transaction.atomic
def fix_image(plan: BoundaryPlan, points: Sequence[Mapping[str, Any]], *, by: Any, now: datetime) -> PlanImage:
    """Lay the image on the ground by three `points`: {x, y} in pixels, {lon, lat} in `datum` ("" on our map).

    ValidationError when they do not fix it, or would lay it beside the area that is divided.
    """
    locked = _draft(plan, by)
    image = _in_use(locked)
    placed = [_placed(point, image) for point in points]
    if len(placed) != 3:
        raise ValidationError(_("Give three points."), code="three")
    laid = tracing.lay(
        [(one["x"], one["y"]) for one in placed],
        [(one["lon"], one["lat"]) for one in placed],
        (image.width, image.height),
    )
    _refuse_elsewhere(laid, locked)
    image.fixings = [*image.fixings[1 - KEPT_FIXINGS :], {"points": placed, "laid": laid.as_json()}]
    image.save(update_fields=["fixings"])
    audit.record("grids.fix_plan_image", locked, by=by, at=now, nth=image.nth, miss=round(laid.miss, 2))
    return image


def _placed(point: Mapping[str, Any], image: PlanImage) -> dict[str, Any]:
    """One point with its place in WGS-84."""
    try:
        x, y, lon, lat = (float(point[key]) for key in ("x", "y", "lon", "lat"))
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ValidationError(_("Each point needs its place on the image and on the map."), code="point") from error
    if not (0 <= x <= image.width and 0 <= y <= image.height):
        raise ValidationError(_("A point lies outside the image."), code="outside")
    datum = named(str(point.get("datum") or "")) or WGS84
    place = transformed(shapely.Point(lon, lat), datum)
    if not (-180 <= place.x <= 180 and -85 <= place.y <= 85):
        raise ValidationError(
            _("%(lon)s, %(lat)s is not a place on earth: longitude first, then latitude.") % {"lon": lon, "lat": lat},
            code="not_degrees",
        )
    return {
        "x": round(x, 2), "y": round(y, 2), "lon": round(place.x, 9), "lat": round(place.y, 9),
        "datum": str(point.get("datum") or ""), "said": [lon, lat],
    }  # fmt: skip


def _refuse_elsewhere(laid: tracing.Laid, plan: BoundaryPlan) -> None:
    outline = outline_of(plan.parent)
    if outline is None or laid.ground.intersects(outline):
        return
    away = in_metres(shapely.GeometryCollection([laid.ground, outline]))
    far = shapely.distance(*shapely.get_parts(away)) / 1000
    raise ValidationError(
        _("The image would lie %(far).1f km beside %(parent)s. Look at the coordinates and their system.")
        % {"far": far, "parent": plan.parent.name},
        code="elsewhere",
    )


@transaction.atomic
def unfix_image(plan: BoundaryPlan, *, by: Any, now: datetime) -> PlanImage:
    """Undo the last fixing: the image lies as before, or nowhere yet."""
    locked = _draft(plan, by)
    image = _in_use(locked)
    if not image.fixings:
        raise ValidationError(_("Nothing to undo."), code="nothing")
    image.fixings = image.fixings[:-1]
    image.save(update_fields=["fixings"])
    audit.record("grids.unfix_plan_image", locked, by=by, at=now, nth=image.nth)
    return image


@transaction.atomic
def remove_image(plan: BoundaryPlan, *, by: Any, now: datetime) -> PlanImage:
    """Take the image away; it is kept and can be put back."""
    locked = _draft(plan, by)
    image = _in_use(locked)
    image.removed_at, image.removed_by = now, by
    image.save(update_fields=["removed_at", "removed_by"])
    audit.record("grids.remove_plan_image", locked, by=by, at=now, nth=image.nth)
    return image


@transaction.atomic
def restore_image(plan: BoundaryPlan, nth: int, *, by: Any, now: datetime) -> PlanImage:
    """Put a removed image back; the one in use makes room."""
    locked = _draft(plan, by)
    image = locked.images.filter(nth=nth).exclude(removed_at=None).first()
    if image is None:
        raise ValidationError(_("There is no image to put back."), code="no_image")
    locked.images.filter(removed_at=None).update(removed_at=now, removed_by=by)
    image.removed_at = image.removed_by = None
    image.save(update_fields=["removed_at", "removed_by"])
    audit.record("grids.restore_plan_image", locked, by=by, at=now, nth=nth)
    return image
