"""The month that the tests of the roster plan."""

from datetime import date, datetime

from django.utils import timezone

MONTH = date(2026, 10, 1)


def at(text: str) -> datetime:
    """An instant by the office's clock."""
    return timezone.make_aware(datetime.fromisoformat(text))
