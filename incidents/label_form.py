"""One dictionary as a form: two fields for each label, the program's own word shown in the empty ones."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.labels import words
from incidents.actions.labels import LANGUAGES

PLAIN = RegexValidator(r"^[^<>{}\x00-\x1f]*$", gettext_lazy("Use words only, without < > { }."))


@dataclass(frozen=True)
class Row:
    """One label: the program's word, and the fields for the office's."""

    key: str
    default: str
    zh: Any
    en: Any
    wrong: str


class LabelForm(forms.Form):
    """`keys` name the labels; `wanted` is what was typed, by key."""

    def __init__(self, keys: list[str], data: Any = None) -> None:
        super().__init__(data)
        self.keys = keys
        for key in keys:
            for at, (code, longest) in enumerate(zip(LANGUAGES, (16, 32), strict=True)):
                own = words.default(key, code)
                label = _("%(word)s, in Chinese") if at == 0 else _("%(word)s, in English")
                field = forms.CharField(
                    required=False, max_length=longest, validators=[PLAIN], initial=words.own(key)[at]
                )
                field.label = label % {"word": own}
                field.widget.attrs |= {"placeholder": own, "aria-label": field.label, "class": "input"}
                self.fields[f"{key}:{code[:2]}"] = field

    @property
    def wanted(self) -> dict[str, tuple[str, str]]:
        """Key → (Chinese, English)."""
        typed = self.cleaned_data
        return {key: (typed.get(f"{key}:zh", ""), typed.get(f"{key}:en", "")) for key in self.keys}

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a label stands at its Chinese word."""
        super().add_error(f"{field}:zh" if field in self.keys else field, error)

    def rows(self) -> Iterator[Row]:
        """The labels in their order."""
        for key in self.keys:
            zh, en = self[f"{key}:zh"], self[f"{key}:en"]
            yield Row(key, words.said(key), zh, en, " ".join([*zh.errors, *en.errors]))
