"""Forms of the phone and of the residents' door: few fields, each may be left empty but one."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from incidents.forms import PlaceFields


class FieldReportForm(PlaceFields):
    """A grid worker's report: a building, a position or words, and what is the matter."""

    building = forms.IntegerField(label=_("Building"), required=False)
    grid = forms.IntegerField(label=_("Grid"), required=False)
    is_confidential = forms.BooleanField(label=_("Confidential"), required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, ask: Callable[[], list[Any]] = list, **more: Any
    ) -> None:
        """`ask` tells, when it matters, the grids to choose from where no place is named."""
        super().__init__(data, files, **more)
        self.ask = ask

    @cached_property
    def grids(self) -> list[Any]:
        """The grids to choose from; none where there is nothing to ask."""
        return self.ask()

    def clean(self) -> dict[str, Any]:
        """Who works in several grids says in which it is, unless the place does; "elsewhere" is an answer too."""
        said = super().clean()
        placed = said.get("building") or said.get("thing") or said.get("lon") is not None
        if not placed and "grid" not in self.data and self.grids:
            self.add_error("grid", _now("Choose the grid it lies in, a building or your location."))
        return said

    def payload(self, channel: str) -> dict[str, Any]:
        """As everywhere; a position with an accuracy came from the device, without one from a pin."""
        said = super().payload(channel)
        if said["grid"] is None:
            del said["grid"]
        if said.get("accuracy") is not None:
            said["location_source"] = "device"
        return said


class PublicReportForm(PlaceFields):
    """A resident's report; who it is may stay unsaid."""

    caller_name = forms.CharField(label=_("Your name"), max_length=40, required=False)
    caller_phone = forms.CharField(
        label=_("Your phone"), max_length=20, required=False, help_text=_("Only to ask back. It is kept encrypted.")
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput)  # people leave it empty, programs do not

    def payload(self, channel: str) -> dict[str, Any]:
        """Without the trap."""
        said = super().payload(channel)
        said.pop("website", None)
        return said


class FollowForm(forms.Form):
    """What a resident wrote down."""

    number = forms.CharField(label=_("Number"), max_length=24)
    code = forms.CharField(
        label=pgettext_lazy("resident", "Code"),
        max_length=12,
        help_text=_("Eight letters and digits, shown when you sent it."),
    )
