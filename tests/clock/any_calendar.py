"""Any calendar there may be, made of one draw: fifty draws a calendar were most of a property's time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from gridgov.clock.arithmetic import Calendar, Segment

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 400 * 1440).map(lambda minutes: FIRST + timedelta(minutes=minutes))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
FIRST_EXCEPTION, EXCEPTION_DAYS, MOST_EXCEPTIONS = date(2025, 3, 1), 427, 8
# Minutes at which something happens to a clock or a day: midnights, and the hours that change in these zones.
TELLING = (0, 1440, 60, 90, 120, 150, 180, 1)
SIZE = 2 + 7 * 13 + MOST_EXCEPTIONS * 15


def _day(numbers: Iterator[int]) -> tuple[Segment, ...]:
    """Up to three segments, in order and apart; one day in four is closed."""
    count, cuts = next(numbers) % 4, dict[int, None]()
    for _ in range(6):
        high, low = next(numbers), next(numbers)
        cuts[TELLING[low % len(TELLING)] if high < 24 else (high << 8 | low) % 1441] = None
    found = sorted([*cuts][: 2 * count])
    return tuple(zip(found[::2], found[1::2], strict=False))


def _calendar(drawn: bytes) -> Calendar:
    numbers = iter(drawn)
    zone, exceptional = ZONES[next(numbers) % len(ZONES)], next(numbers) % (MOST_EXCEPTIONS + 1)
    weekly = tuple(_day(numbers) for _ in range(7))
    exceptions = {}
    for _ in range(exceptional):
        offset = (next(numbers) << 8 | next(numbers)) % EXCEPTION_DAYS
        exceptions[FIRST_EXCEPTION + timedelta(days=offset)] = _day(numbers)
    return Calendar(weekly=weekly, exceptions=exceptions, zone=zone)


def calendars() -> st.SearchStrategy[Calendar]:
    """Weeks of any hours, up to eight exceptional days, four zones of which three change their clocks."""
    return st.binary(min_size=SIZE, max_size=SIZE).map(_calendar)
