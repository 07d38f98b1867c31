"""What Django says beside a field, said again in the words of this house: its own speaks of variables and values."""

from django.core.validators import MaxLengthValidator
from django.utils.translation import ngettext_lazy


def replace() -> None:
    """Too long a text, in every form."""
    said: object = ngettext_lazy(
        "Please keep it to %(limit_value)d character; it has %(show_value)d.",
        "Please keep it to %(limit_value)d characters; it has %(show_value)d.",
        "limit_value",
    )
    MaxLengthValidator.message = said  # type: ignore[assignment]
