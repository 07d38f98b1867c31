"""The yearly arrangement as it arrives: the State Council's notice as text, or a table as .csv or .xlsx.

Each becomes the lines that `proposals.parse` reads, so that people see and can correct what was understood.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov import sheets
from gridgov.clock.proposals import LONGEST_RANGE, closed_word, open_word

NAME = re.compile(r"(?:[一二三四五六七八九十]+、|\d+[.、])?\s*([一-鿿、]{2,12})[:：]")
BRACKETS = re.compile(r"[(（][^)）]*[)）]")
DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日")
RUN = re.compile(r"((?:\d{4}年)?\d{1,2}月\d{1,2}日)(?:至((?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日))?[^。;；]*?放假")
MOST_ROWS = 400
SATURDAY = 5


def is_notice(text: str) -> bool:
    """Whether this looks like the notice rather than lines."""
    return "月" in text and ("放假" in text or "上班" in text)


def _days(text: str, year: int) -> Iterator[date]:
    month = 0
    for said, number, day in DAY.findall(text):
        month = int(number) if number else month
        if month:
            yield date(int(said) if said else year, month, int(day))


def _run(first: str, last: str, year: int) -> tuple[date, date]:
    """The ends of "12月31日至1月2日": it may reach over New Year, whether or not it says the years."""
    days = list(_days(f"{first}至{last}", year))
    begin, end = days[0], days[-1]
    if begin <= end:
        return begin, end
    return (begin, end.replace(year=end.year + 1)) if "年" in first else (begin.replace(year=begin.year - 1), end)


def _closed(begin: date, end: date, name: str, year: int) -> Iterator[str]:
    """The part that lies in the year as one line. What lies outside and was worked is kept to be refused, not lost."""
    words = f"{closed_word()} {name}"
    few = min((end - begin).days, LONGEST_RANGE) + 1  # of more, `parse` says that they are too many
    days = [begin + timedelta(days=n) for n in range(few)]
    inside = [day for day in days if day.year == year]
    if inside:
        yield f"{inside[0]}{f'..{inside[-1]}' if len(inside) > 1 else ''} {words}"
    yield from (f"{day} {words}" for day in days if day.year != year and day.weekday() < SATURDAY)


def from_notice(text: str, year: int) -> str:
    """Lines from "春节：2月5日（周五）至11日（周四）放假。1月31日（周日）上班。", in the reader's words.

    ValidationError when a date does not exist. A notice may speak of the end of the year before: a make-up day there
    stands in the lines, where `parse` refuses it by name, so that it is entered where it belongs.
    """
    lines, name = list[str](), ""
    plain = BRACKETS.sub("", unicodedata.normalize("NFKC", text).replace("(", "(").replace(")", ")"))
    try:
        for sentence in re.split(r"[。;\n]", plain):
            if found := NAME.search(sentence):
                name = found[1]
            for first, last in RUN.findall(sentence):
                lines.extend(_closed(*_run(first, last, year), name, year))
            if "上班" in sentence and "放假" not in sentence:
                lines.extend(f"{day} {open_word()}" for day in _days(sentence, year))
    except ValueError:
        raise ValidationError(_("This date does not exist.")) from None
    return "\n".join(sorted(lines))


def from_rows(rows: Iterable[Iterable[Any]]) -> str:
    """Lines from a table: the date (or two), open or closed, a name. A first line of headings is passed over."""
    lines = []
    for number, row in enumerate(rows):
        cells = [_cell(value) for value in row]
        cells = [cell for cell in cells if cell]
        if not cells or (number == 0 and not cells[0][:4].isdigit()):
            continue
        dates = [cell for cell in cells if re.match(r"\d{4}-\d", cell)]
        lines.append(" ".join(["..".join(dates[:2]), *cells[len(dates) :]]))
        if number > MOST_ROWS:
            raise ValidationError(_("A year has fewer days than this file has lines."))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    text = "" if value is None else str(value).strip()
    return re.sub(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$", r"\1-\2-\3", text)


def from_file(name: str, content: bytes) -> str:
    """Lines from a .csv (UTF-8 or GB 18030) or an .xlsx; ValidationError says what it cannot read."""
    return from_rows(sheets.rows(name, content, most=MOST_ROWS + 1))
