"""What people type into addresses and forms, read once for every room: nonsense is an answer, never a crash."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

MOST = 2**63 - 1  # what a bigint holds
YEARS = range(1900, 3000)  # a day can be added, and any zone reached, without leaving the calendar


def number(text: Any) -> int | None:
    """The whole number that was typed; None for anything else, and for more than a key can be."""
    plain = str(text or "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) <= len(str(MOST))):
        return None
    found = int(plain)
    return found if found <= MOST else None


def storable(text: str) -> str:
    """The text without what no column holds: NUL, and halves of characters that UTF-16 writes in two."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def posted(request: HttpRequest, name: str, most: int = 2000) -> str:
    """One line of a form that is read without a form class: at most so many characters, each of which can be kept."""
    return storable(request.POST.get(name, "")).strip()[:most]


class AddressMiddleware:
    """An address with NUL in it leads nowhere, whichever page would have looked it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            raise Http404
        return self.get_response(request)


def midnight(day: date, *, plus: int = 0) -> datetime:
    """The beginning of a day, or of the one so many days later."""
    return timezone.make_aware(datetime.combine(day, time()) + timedelta(days=plus))


class Lines(forms.CharField):
    """Text of several lines. A browser posts each end of line as two characters where a script sees one: it is one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """As the phone's script hands it in, so that both are the same record."""
        text: Any = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day of which instants can be made."""

    widget = DayInput

    def validate(self, value: Any) -> None:
        """No year beyond YEARS."""
        super().validate(value)
        _in_years(value)


class MomentField(forms.DateTimeField):
    """A day and a time of it, from the wall. One of the year 1 could be kept, and then never be read again."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def validate(self, value: Any) -> None:
        """No year beyond YEARS."""
        super().validate(value)
        _in_years(value)


def _in_years(value: date | None) -> None:
    if value is not None and value.year not in YEARS:
        raise ValidationError(_("Choose a day between 1900 and 2999."), code="year")


def a_day(text: str) -> date | None:
    """The day a table or an address says, as 2026-01-31; None for one that does not exist or lies beyond YEARS."""
    try:
        found = parse_date(text)
    except ValueError:  # the 31st of February
        return None
    return found if found is not None and found.year in YEARS else None
