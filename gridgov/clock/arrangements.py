"""The yearly arrangement as it arrives: the State Council's notice as text, or a table as .csv or .xlsx.

Each becomes the lines that `proposals.parse` reads, so that people see and can correct what was understood.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov import sheets

NAME = re.compile(r"(?:[一二三四五六七八九十]+、|\d+[.、])?\s*([一-鿿、]{2,12})[:：]")
BRACKETS = re.compile(r"[(（][^)）]*[)）]")
DAY = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日")
RUN = re.compile(r"((?:\d{4}年)?\d{1,2}月\d{1,2}日)(?:至((?:\d{4}年)?(?:\d{1,2}月)?\d{1,2}日))?[^。;；]*?放假")
MOST_ROWS = 400


def is_notice(text: str) -> bool:
    """Whether this looks like the notice rather than lines."""
    return "月" in text and ("放假" in text or "上班" in text)


def _days(text: str, year: int) -> Iterator[date]:
    month = 0
    for said, number, day in DAY.findall(text):
        month = int(number) if number else month
        if month:
            yield date(int(said) if said else year, month, int(day))


def from_notice(text: str, year: int) -> str:
    """Lines from "春节：2月5日（周五）至11日（周四）放假。1月31日（周日）上班。"; ValidationError when wrong."""
    lines, name = list[str](), ""
    plain = BRACKETS.sub("", unicodedata.normalize("NFKC", text).replace("(", "(").replace(")", ")"))
    try:
        for sentence in re.split(r"[。;\n]", plain):
            if found := NAME.search(sentence):
                name = found[1]
            for first, last in RUN.findall(sentence):
                days = list(_days(f"{first}至{last}", year))
                lines.append(f"{days[0]}{f'..{days[-1]}' if len(days) > 1 else ''} closed {name}")
            if "上班" in sentence and "放假" not in sentence:
                lines.extend(f"{day} open" for day in _days(sentence, year))
    except ValueError:
        raise ValidationError(_("This date does not exist.")) from None
    return "\n".join(sorted(line for line in lines if line.startswith(str(year))))


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
