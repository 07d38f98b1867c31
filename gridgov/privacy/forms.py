"""Warns a writer once that free text holds a phone or identity number; what was typed is kept."""

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov.privacy import masks


class PersonalWarning(forms.Form):
    """Mixin: names its free-text fields in `watched`. The first submit is answered with a warning, the second accepts.

    The page renders `personal_seen` (a hidden field) as it comes; the warning fills it in. What is stored is
    what was typed: pages mask it when they show it.
    """

    watched: ClassVar[tuple[str, ...]] = ()

    personal_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Add the warning to each watched field that holds a number, unless it was shown already."""
        cleaned = super().clean() or self.cleaned_data
        found = [name for name in self.watched if masks.contains_personal(str(cleaned.get(name) or ""))]
        if found and not cleaned.get("personal_seen"):
            data: Any = copy(self.data)  # a QueryDict's copy may be written to
            data[self.add_prefix("personal_seen")] = "1"
            self.data = data
            for name in found:
                self.add_error(name, ValidationError(self._warning(), code="personal"))
        return cleaned

    @staticmethod
    def _warning() -> str:
        return _(
            "This seems to hold a phone or identity number. Move it to the field for it, or send again to keep it; "
            "others will see it masked."
        )
