"""What Django says beside a field, said again in the words of this house: its own speaks of variables and values."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

CHOOSING: tuple[type[forms.Field], ...] = (forms.ChoiceField, forms.ModelChoiceField, forms.FileField)


def replace() -> None:
    """Too long a text, and nothing where something must be, in every form."""
    _say(forms.Field, required=_("Please fill this in."))
    for kind in CHOOSING:
        _say(kind, required=_("Please choose one."))
    said: object = ngettext_lazy(
        "Please keep it to %(limit_value)d character; it has %(show_value)d.",
        "Please keep it to %(limit_value)d characters; it has %(show_value)d.",
        "limit_value",
    )
    MaxLengthValidator.message = said  # type: ignore[assignment]


def _say(kind: type[forms.Field], **words: object) -> None:
    kind.default_error_messages = {**kind.default_error_messages, **words}  # type: ignore[dict-item]
