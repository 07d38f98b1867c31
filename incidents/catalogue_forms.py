"""Forms of the catalogue and the duty list; limits are typed in hours, kept in seconds."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grids.forms import TreeChoice
from grids.models import Area
from grids.permissions import Perm
from incidents.models import Category
from teams.models import Unit


class Hours(forms.FloatField):
    """An amount of hours with minutes as a fraction; cleaned to seconds."""

    def clean(self, value: Any) -> int | None:
        """Seconds, or None when empty and optional."""
        hours = super().clean(value)
        return None if hours is None else round(hours * 3600)

    def prepare_value(self, value: Any) -> Any:
        """Seconds as hours; what somebody typed stays as it is."""
        return f"{value / 3600:g}" if isinstance(value, int) else value


class CategoryForm(forms.Form):
    """One entry of the catalogue."""

    code = forms.CharField(label=_("Code"), max_length=8, help_text=_("Four digits; the first two are the heading's."))
    name = forms.CharField(label=_("Name"), max_length=40)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)
    lead_unit = forms.ModelChoiceField(
        label=_("Responsible unit"),
        queryset=Unit.objects.none(),
        empty_label="—",
        required=False,
        help_text=_("Where the duty list says nothing. Empty: the grid's own team."),
    )
    nature = forms.ChoiceField(label=_("Nature"), choices=Category.Nature.choices)
    clock = forms.ChoiceField(label=_("Which time counts"), choices=Category.Clock.choices)
    handle_seconds = Hours(
        label=_("Limit to handle (hours)"),
        min_value=0.01,
        max_value=8784,
    )
    promise_seconds = Hours(label=_("Promised to the resident (hours)"), required=False, max_value=8784)
    verification = forms.ChoiceField(label=_("Verified by"), choices=Category.Verification.choices)
    phrases = forms.CharField(
        label=_("Phrases"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Three at most, one a line: what is tapped instead of typed."),
    )
    is_emergency = forms.BooleanField(label=_("Emergency: every minute counts, day and night"), required=False)
    on_the_spot = forms.BooleanField(label=_("May be resolved on the spot"), required=False)
    is_confidential = forms.BooleanField(label=_("Confidential"), required=False)
    is_public = forms.BooleanField(label=_("Residents may report it"), required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, by: Any, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["lead_unit"]
        field.queryset = Unit.objects.visible_to(by, Perm.EDIT_CATALOGUE).standing()
        if editing:  # how long it may take is said in the limits, where one sees what moves
            for name in ("code", "clock", "handle_seconds", "promise_seconds"):
                del self.fields[name]

    def clean_phrases(self) -> list[str]:
        """Lines, without empty ones."""
        lines = [line.strip() for line in self.cleaned_data["phrases"].splitlines() if line.strip()]
        if len(lines) > 3 or any(len(line) > 40 for line in lines):
            raise ValidationError(_("Three phrases at most, of 40 characters each."))
        return lines


class DutyForm(forms.Form):
    """Where which unit answers, by which rule."""

    area = TreeChoice(label=_("Area"), queryset=Area.objects.none())
    unit = forms.ModelChoiceField(label=_("Responsible unit"), queryset=Unit.objects.none(), empty_label="—")
    basis = forms.CharField(label=_("Legal basis"), max_length=200, required=False)

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        area: Any = self.fields["area"]
        unit: Any = self.fields["unit"]
        area.queryset = Area.objects.visible_to(by, Perm.EDIT_CATALOGUE).standing()
        unit.queryset = Unit.objects.visible_to(by, Perm.EDIT_CATALOGUE).standing()
