"""The days of a time zone as Unix instants, worked out once per process for all calendars that count in it."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
DAY_SECONDS = 86_400


def wall(tz: ZoneInfo, day: date, minute: int) -> int:
    """A wall time as a Unix instant: the first of two where it comes twice, the change itself where it never comes."""
    if minute >= DAY_MINUTES:
        day, minute = day + timedelta(days=1), minute - DAY_MINUTES
    local = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=tz)
    first, second = int(local.timestamp()), int(local.replace(fold=1).timestamp())
    return first if second >= first else _change(tz, second, first)


def _change(tz: ZoneInfo, low: int, high: int) -> int:
    """The instant at which the clocks are put forward: a wall time inside the gap means this one."""
    before = datetime.fromtimestamp(low, tz).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, tz).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


@dataclass(frozen=True, slots=True)
class Days:
    """One local year: `midnights` of all its days and of the next 1 January; `odd`: days of other than 24 hours."""

    first: date
    midnights: tuple[int, ...]
    odd: frozenset[int]

    def __len__(self) -> int:
        return len(self.midnights) - 1

    def index(self, day: date) -> int:
        """Which day of the year, from 0."""
        return day.toordinal() - self.first.toordinal()

    def at(self, stamp: float) -> int:
        """The day a Unix instant of this year falls on."""
        return min(max(bisect_right(self.midnights, stamp) - 1, 0), len(self) - 1)


@lru_cache(maxsize=1024)
def days_of(tz: ZoneInfo, year: int) -> Days:
    """The days of one local year, walked by date: no day is taken for 24 hours before it is seen to have them."""
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    dates = [first + timedelta(days=n) for n in range((end - first).days + 1)]
    midnights = tuple(wall(tz, day, 0) for day in dates)
    lengths = enumerate(pairwise(midnights))
    return Days(first, midnights, frozenset(n for n, (low, high) in lengths if high - low != DAY_SECONDS))
