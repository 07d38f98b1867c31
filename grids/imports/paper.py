"""A plan on paper that comes in as a draft to be drawn: the image lies under the areas as they stand."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.actions import plans
from grids.forms import TreeChoice
from grids.imports.engine import CREATED, Options, Outcome, Played
from grids.imports.options import LEVELS
from grids.models import Area, BoundaryPlan
from grids.permissions import Perm


class PlanFromPaper:
    """A scan or photo of a plan; its borders are traced in the editor."""

    key = "plan-image"
    label = gettext_lazy("An image of a plan, to be traced")
    help = gettext_lazy("PNG or JPEG. You place it by three points in the editor; it lies under what you draw.")
    perm = Perm.PLAN_BOUNDARIES
    endings = plans.IMAGE_ENDINGS
    columns = ()
    sample: Mapping[str, Any] = {}

    def form(self, content: bytes, name: str, by: Any) -> type[Any] | None:
        """What is divided, and into what."""
        parents = Area.objects.visible_to(by, Perm.PLAN_BOUNDARIES).standing().exclude(kind=Area.Kind.GRID)

        class PaperOptions(forms.Form):
            """The plan that begins."""

            parent = TreeChoice(label=gettext_lazy("Divides"), queryset=parents)
            kind = forms.ChoiceField(label=gettext_lazy("Into"), choices=LEVELS)
            plan_name = forms.CharField(
                label=gettext_lazy("Name of the plan"), max_length=80, initial=PurePath(name).stem[:80]
            )

        return PaperOptions

    def options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The parent by its id."""
        return {**said, "parent": said["parent"].pk}

    def rows(self, content: bytes, name: str, options: Options) -> Iterable[tuple[int, Any]]:
        """One: the image, checked. ValidationError when it is none."""
        return [(1, (content, name, plans.checked(content, name)))]

    def act(self, row: Any, options: Options, *, by: Any, now: datetime) -> Outcome:
        """The plan as the ground stands."""
        content, name, photo = row
        parent = Area.objects.get(pk=options["parent"])
        facts = {"kind": options["kind"], "name": options["plan_name"], "note": _("Traced from an image")}
        plan = plans.create_plan(parent, by=by, now=now, **facts)
        note = _("%(width)s × %(height)s pixels") % {"width": photo.width, "height": photo.height}
        made = (plan, ContentFile(content, name=name), by, now)
        return Outcome(CREATED, options["plan_name"], note, undo={"plan": str(plan.pk)}, made=made)

    def judge(self, played: Played, options: Options, *, by: Any, now: datetime) -> None:
        """The file is only written when it is meant: taking a trial back would leave it lying there."""
        for plan, file, who, when in played.made:
            played.area_path = plan.area_path
            played.afterwards.append(partial(plans.add_image, plan, file, by=who, now=when))

    def take_back(self, item: Any, *, by: Any, now: datetime) -> None:
        """The draft is withdrawn."""
        plan = BoundaryPlan.objects.select_related("parent").get(pk=item["plan"])
        plans.withdraw(plan, by=by, now=now, words=_("The import was taken back."))
