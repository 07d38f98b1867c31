"""What is asked about residents: as little as service needs."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.typed import DayField
from residents.models import Dwelling, Resident


class SearchForm(forms.Form):
    """A whole name, phone or identity number; parts find nobody, because nothing is decrypted to search."""

    q = forms.CharField(label=_("Whole name, phone or identity number"), max_length=60)


class AddForm(forms.Form):
    """Who lives behind which door: few fields, the rest can follow."""

    entrance = forms.CharField(label=_("Entrance"), max_length=10, required=False)
    room = forms.CharField(label=_("Room"), max_length=20)
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=50)
    living = forms.ChoiceField(
        label=_("Living situation"), choices=Resident.Living.choices, initial=Resident.Living.REGISTERED
    )
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    anyway = forms.BooleanField(label=_("This is a different person: add anyway"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


class CorrectForm(forms.Form):
    """Sealed fields start empty and stay as they are when left so: nothing is revealed to correct the rest."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=50, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    no_phone = forms.BooleanField(label=_("No longer has a phone"), required=False)
    living = forms.ChoiceField(label=_("Living situation"), choices=Resident.Living.choices)
    relation = forms.ChoiceField(
        label=_("Relation to the head of household"), choices=[("", "—"), *Resident.Relation.choices], required=False
    )
    gender = forms.ChoiceField(label=_("Gender"), choices=[("", "—"), *Resident.Gender.choices], required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), required=False)
    id_number = forms.CharField(label=_("Identity number"), max_length=24, required=False)
    id_purpose = forms.CharField(label=_("What the number is needed for"), max_length=120, required=False)

    def __init__(self, *args: Any, resident: Resident, **kwargs: Any) -> None:
        names = ("living", "relation", "gender", "birth_year", "id_purpose")
        kwargs["initial"] = {name: getattr(resident, name) for name in names}
        super().__init__(*args, **kwargs)
        for name in Resident.indexed:
            now = str(getattr(resident, name)) or str(_("none"))
            self.fields[name].help_text = _("Now %(value)s. Leave empty to keep it.") % {"value": now}
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def facts(self) -> dict[str, Any]:
        """What was changed, in the words of the action."""
        given = dict(self.cleaned_data)
        if given.pop("no_phone"):
            given["phone"] = ""
        elif not given["phone"]:
            del given["phone"]
        for name in ("name", "id_number"):
            if not given[name]:
                del given[name]
        return given


class DwellingForm(forms.Form):
    """What may change about a dwelling."""

    floor = forms.IntegerField(label=_("Floor"), min_value=-5, max_value=200, required=False)
    use = forms.ChoiceField(label=_("Use"), choices=[("", "—"), *Dwelling.Use.choices], required=False)


class DwellingsForm(forms.Form):
    """The doors of an entrance: so many floors, so many rooms on each."""

    entrance = forms.CharField(label=_("Entrance"), max_length=10, required=False)
    first = forms.IntegerField(label=_("From floor"), min_value=1, max_value=200, initial=1)
    last = forms.IntegerField(label=_("To floor"), min_value=1, max_value=200)
    rooms = forms.IntegerField(
        label=_("Rooms on a floor"), min_value=1, max_value=40, help_text=_("2 rooms on the fifth floor: 501 and 502.")
    )
    use = forms.ChoiceField(label=_("Use"), choices=[("", "—"), *Dwelling.Use.choices], required=False)

    def facts(self) -> dict[str, Any]:
        """As the action takes them."""
        said = self.cleaned_data
        ranges = {"floors": range(said["first"], said["last"] + 1), "rooms": range(1, said["rooms"] + 1)}
        return {"entrance": said["entrance"], "use": said["use"], **ranges}


class RevealForm(forms.Form):
    """Why someone needs to see what is masked."""

    reason = forms.CharField(
        label=_("Why do you need to see it?"), min_length=4, max_length=200, help_text=_("It is kept with your name.")
    )


class DayForm(forms.Form):
    """On which day."""

    on = DayField(label=_("On"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class MoveForm(DayForm):
    """To which dwelling, on which day."""

    dwelling = forms.ModelChoiceField(label=_("New dwelling"), queryset=Dwelling.objects.none(), empty_label="—")
    field_order = ["dwelling", "on"]

    def __init__(self, *args: Any, dwellings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dwelling"].queryset = dwellings  # type: ignore[attr-defined]
