"""What people type about public boards."""

from django import forms
from django.utils.translation import gettext_lazy as _


class BoardTextForm(forms.Form):
    """The words of the boards of an area; empty ones are taken from above."""

    duties = forms.CharField(
        label=_("Duties, one a line"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Empty: what is on the boards of the area above, or the usual five lines."),
    )
    supervision = forms.CharField(
        label=_("Supervision phone"),
        max_length=32,
        required=False,
        help_text=_("Empty: the phone of the street's desk."),
    )


class OwnFaceForm(forms.Form):
    """What the board may show of me."""

    number = forms.CharField(
        label=_("Number to post"),
        max_length=32,
        required=False,
        help_text=_("Everybody will read it. A number of the office is enough. Empty: none."),
    )
    photo = forms.FileField(
        label=_("Photo"), required=False, help_text=_("Not needed. Place and time in the file are removed.")
    )
