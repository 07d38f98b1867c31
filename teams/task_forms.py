"""What a leader types to admit a task to the grids or to bar it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.typed import DayField
from grids.models import Area
from grids.permissions import Perm
from teams.models import TaskType, Unit


class TaskForm(forms.Form):
    """One decision. `area` is offered only where there is a choice."""

    area = forms.ModelChoiceField(label=_("For the grids of"), queryset=Area.objects.none(), empty_label=None)
    code = forms.CharField(label=_("Code"), max_length=12)
    name = forms.CharField(label=_("Name"), max_length=80)
    heading = forms.CharField(label=_("Heading"), max_length=40, required=False)
    admitted = forms.TypedChoiceField(
        label=pgettext_lazy("task", "Decision"),
        choices=[("yes", _("Admitted")), ("no", _("Barred"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Everyone who reads the list reads this sentence.")
    )
    owner = forms.ModelChoiceField(
        label=_("Who answers for it"), queryset=Unit.objects.none(), empty_label="—", required=False
    )
    level = forms.ChoiceField(label=_("Who may be asked"), choices=TaskType.Level.choices)
    basis = forms.CharField(label=_("Legal basis"), max_length=200, required=False)
    rhythm = forms.ChoiceField(label=_("How often at most"), choices=TaskType.Rhythm.choices)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, user: Any, task: TaskType | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        areas = Area.objects.visible_to(user, Perm.ADMIT_TASKS).filter(retired_at=None)
        areas = areas.filter(kind__in=[Area.Kind.DISTRICT, Area.Kind.STREET]).order_by("path")
        fields["area"].queryset = areas
        fields["owner"].queryset = Unit.objects.reachable_by(user).standing()
        if task is not None:
            del self.fields["area"], self.fields["code"]
