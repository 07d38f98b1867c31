"""The forms of a plan's page: each step's own, filled as they stand or as they were sent and refused."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.accounts.requests import SignedInRequest
from gridgov.dbtime import now
from gridgov.typed import DayField
from grids.models import BoundaryPlan


def words_field(**more: Any) -> forms.CharField:
    """A few words on what is done."""
    return forms.CharField(max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2}), **more)


class SubmitForm(forms.Form):
    """From which day on, and why it is right in spite of warnings."""

    slot = "submit_form"
    effective_on = DayField(label=gettext_lazy("Takes effect on"))
    words = words_field(label=gettext_lazy("Reason, if there are warnings"))


class WordsForm(forms.Form):
    """What there is to say."""

    slot = "words_form"
    words = words_field(label=gettext_lazy("Words"))


class ConfirmForm(WordsForm):
    """What is handed over, by one of those concerned."""

    slot = "confirm_form"


class DescribeForm(forms.ModelForm):
    """Name, reason, and whether all get new codes. What somebody else wrote meanwhile is not written over."""

    slot = "describe_form"

    class Meta:
        model = BoundaryPlan
        fields = ("name", "note", "renumber")
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True  # what the writer had before them comes back with what they wrote

    def clean(self) -> dict[str, Any]:
        """A field left alone follows the row; one that both changed is refused with what it says now."""
        said = super().clean() or self.cleaned_data
        for name in [name for name in self.fields if name in said]:
            had, stands = self._had(name), self.initial[name]
            if _same(said[name], had):
                said[name] = stands
            elif not _same(had, stands) and not _same(said[name], stands):
                words = _("Somebody changed this meanwhile to “%(words)s”. Save again to keep yours.")
                self.add_error(name, ValidationError(words, params={"words": stands}))
        return said

    def _had(self, name: str) -> Any:
        """What stood in the field when its writer opened the page."""
        sent = self.data.get(f"initial-{name}")
        return self.initial[name] if sent is None else self.fields[name].to_python(sent)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same, however a browser ends its lines."""
    return one == other or str(one).split() == str(other).split()


class RevertForm(forms.Form):
    """What the plan back shall be called."""

    slot = "revert_form"
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)


def tomorrow(request: SignedInRequest) -> date:
    """The first day that leaves a night to look at it again."""
    return timezone.localdate(now(request)) + timedelta(days=1)


def forms_of(request: SignedInRequest, plan: BoundaryPlan) -> dict[str, forms.BaseForm | None]:
    """Every form of the page by its slot."""
    name = _("Back to before “%(name)s”") % {"name": plan.name}
    day = plan.effective_on or tomorrow(request)
    return {
        "submit_form": SubmitForm(initial={"effective_on": day, "words": plan.note}),
        "words_form": WordsForm(),
        "describe_form": DescribeForm(instance=plan),
        "revert_form": RevertForm(initial={"name": name[:80]}),
    }
