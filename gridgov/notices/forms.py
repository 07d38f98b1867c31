"""Forms of the message settings."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gridgov.notices import channels
from gridgov.notices.models import Preference
from gridgov.notices.registry import Kind

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei", "UTC")
PREFIX = "way_"
NONE = "none"


class WaysForm(forms.Form):
    """For each way the kinds that go there at once; then the digest."""

    digest_by = forms.ChoiceField(label=_("Once a day, what is still unread"))
    digest_hour = forms.TypedChoiceField(
        label=_("At"), coerce=int, choices=[(hour, f"{hour:02d}:00") for hour in range(24)]
    )
    zone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, chosen: Preference, reached: set[str], **kwargs: Any) -> None:
        zone = chosen.zone or settings.TIME_ZONE
        kwargs.setdefault(
            "initial", {"digest_by": chosen.digest_by or NONE, "digest_hour": chosen.digest_hour, "zone": zone}
        )
        super().__init__(*args, **kwargs)
        ways = [way for way in channels.personal() if way.name in reached]
        for way in ways:
            self.fields[PREFIX + way.name] = forms.MultipleChoiceField(
                label=str(way.label),
                required=False,
                choices=Kind.choices,
                widget=forms.CheckboxSelectMultiple,
                initial=[kind for kind in Kind.values if chosen.wants(way, kind)],
            )
        by: Any = self.fields["digest_by"]
        by.choices = [(NONE, _("no digest")), *((way.name, way.label) for way in ways)]
        zones: Any = self.fields["zone"]
        zones.choices = [
            (z, z) for z in dict.fromkeys([zone, settings.TIME_ZONE, *ZONES]) if z in available_timezones()
        ]

    @property
    def ways(self) -> list[forms.BoundField]:
        """The fields of the ways, in the order in which they are configured."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def chosen(self) -> dict[str, Any]:
        """What `choice_actions.choose` takes."""
        data = self.cleaned_data
        ways = {name.removeprefix(PREFIX): value for name, value in data.items() if name.startswith(PREFIX)}
        by = "" if data["digest_by"] == NONE else data["digest_by"]
        return {"ways": ways, "digest_by": by, "digest_hour": data["digest_hour"], "zone": data["zone"]}


class MailboxForm(forms.Form):
    """An e-mail address."""

    address = forms.EmailField(
        label=_("E-mail address"), max_length=120, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class CodeForm(forms.Form):
    """The six digits of the mail."""

    code = forms.CharField(
        label=_("Code from the mail"),
        max_length=6,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
