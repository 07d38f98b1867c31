"""The few template words every page shares: icons, and dates and spans the way our readers say them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from gridgov.clock.levels import Level
from gridgov.labels.words import said

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of the sprite in the colour of the text; hidden from screen readers, the word beside it speaks."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("vendor/icons/sprite.svg"),
        name,
    )


def weekday(day: datetime) -> str:
    """周一 … 周日."""
    return (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )[day.weekday()]


@register.filter
def exact(moment: datetime | None) -> str:
    """2026-11-23 周一 14:05, in the reader's time zone; "" for None."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{local:%Y-%m-%d} {weekday(local)} {local:%H:%M}"


@register.filter
def near(moment: datetime | None, now: datetime | None = None) -> str:
    """The same in as few words as leave no doubt: 今天 17:30 · 明天 09:00 · 11-25 周三 09:00 (another year: exact)."""
    if moment is None:
        return ""
    local, today = timezone.localtime(moment), timezone.localtime(now or timezone.now())
    days = (local.date() - today.date()).days
    named = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}.get(days)
    if named:
        return f"{named} {local:%H:%M}"
    return f"{local:%m-%d} {weekday(local)} {local:%H:%M}" if local.year == today.year else exact(moment)


@register.filter
def following(moment: datetime | None, begun: datetime) -> str:
    """What is said after its beginning: 14:05 on the same day, 10-05 00:05 on another, in another year exactly."""
    if moment is None:
        return ""
    local, first = timezone.localtime(moment), timezone.localtime(begun)
    if local.year != first.year:
        return exact(moment)
    return f"{local:%H:%M}" if local.date() == first.date() else f"{local:%m-%d %H:%M}"


@register.filter
def span(length: timedelta | float | None) -> str:
    """How long, in its one or two largest units: 3 days 2 h · 2 h 5 min · 4 min. Seconds or a timedelta, unsigned."""
    if length is None:
        return ""
    seconds = abs(length.total_seconds() if isinstance(length, timedelta) else length)
    days, rest = divmod(int(seconds), 86_400)
    hours, minutes = rest // 3600, rest % 3600 // 60
    parts = []
    if days:
        parts.append(ngettext("%(count)d day", "%(count)d days", days) % {"count": days})
    if hours:
        parts.append(_("%(count)d h") % {"count": hours})
    if not days and (minutes or not hours):
        parts.append(_("%(count)d min") % {"count": minutes})
    return ("" if (get_language() or "").startswith("zh") else " ").join(parts)


@register.filter
def work_span(seconds: float | None, day: float = 28_800) -> str:
    """Counted time as an office says it: 15 working days · 1 working day 2 h · 40 min. `day`: seconds of one day."""
    if seconds is None:
        return ""
    days, rest = divmod(int(seconds), int(day))
    parts = [ngettext("%(count)d working day", "%(count)d working days", days) % {"count": days}] if days else []
    if rest >= 60 or not days:
        parts.append(span(rest))
    return ("" if (get_language() or "").startswith("zh") else " ").join(parts)


@register.filter
def from_now(moment: datetime | None, now: datetime | None = None) -> str:
    """How far `moment` is from `now`, without a sign: `{{ due|from_now:now }}`."""
    return "" if moment is None else span(moment - (now or timezone.now()))


@register.filter
def level_word(level: int) -> str:
    """What the office calls a level of lateness, 0 to 4."""
    return str(Level(level).label)


@register.filter
def own_word(key: str) -> str:
    """A label under its key, as the office calls it: `{{ "asset_class.01"|own_word }}`."""
    return said(key)


@register.filter
def chart_rows(spec: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The figures of a chart by line, for the table that always stands beside it."""
    for i, label in enumerate(spec["labels"]):
        yield label, [series["values"][i] for series in spec["series"]]
