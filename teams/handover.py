"""What a shift hands over: rooms above register what is open in them, this room knows none of them.

A section answers with what is open in a street at an instant; the hand-over keeps that answer as it was.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grids.models import Area
from teams.models import DutyEntry

MOST = 60  # lines kept of one section; the total is kept beside them


@dataclass(frozen=True)
class Item:
    """One open thing, in words that need no later look-up; phones and identity numbers masked by who writes it."""

    text: str
    detail: str = ""
    level: int = 0
    id: str = ""


@dataclass(frozen=True)
class Section:
    """One heading. `collect` answers (total, the first MOST items); `link` the page of an item."""

    order: int
    key: str
    title: str | Promise
    collect: Callable[[Area, datetime], tuple[int, list[Item]]]
    link: Callable[[str], str] = lambda _id: ""


Find = Callable[[str, Any], tuple[str, UUID] | None]
_sections: dict[str, Section] = {}
_finders: list[tuple[Find, Callable[[str], str]]] = []


def register(section: Section) -> None:
    """Add a section, in AppConfig.ready()."""
    _sections[section.key] = section


def register_case(find: Find, link: Callable[[str], str]) -> None:
    """Say how the log finds a case by what was typed, as far as the person sees it, and where its page is."""
    _finders[:] = [(find, link)]


def find_case(text: str, by: Any) -> tuple[str, UUID] | None:
    """(number, id) of the case somebody named; None when there is none that they see."""
    return next((found for find, _link in _finders if (found := find(text, by)) is not None), None)


def case_link(case_id: Any) -> str:
    """The page of a case, "" when no room has any."""
    return next((link(str(case_id)) for _find, link in _finders if case_id), "")


def collect(area: Area, now: datetime) -> list[dict[str, Any]]:
    """What is open now, section by section; empty ones are kept, so that the sheet says "none"."""
    found = []
    for section in sorted(_sections.values(), key=lambda one: one.order):
        total, items = section.collect(area, now)
        found.append({"key": section.key, "total": total, "items": [asdict(item) for item in items[:MOST]]})
    return found


def shown(snapshot: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A snapshot ready for the page: titles in the reader's language, links where there are any."""
    found = []
    for part in snapshot:
        section = _sections.get(part["key"])
        items = [{**item, "url": section.link(item["id"]) if section and item["id"] else ""} for item in part["items"]]
        title = section.title if section else part["key"]
        found.append({"title": title, "total": part["total"], "items": items, "more": part["total"] - len(items)})
    return found


def first_of(rows: QuerySet[Any], as_item: Callable[[Any], Item]) -> tuple[int, list[Item]]:
    """How many rows there are, and the first MOST of them; they are counted only where these are not all."""
    items = [as_item(row) for row in rows[:MOST]]
    return len(items) if len(items) < MOST else rows.count(), items


def _to_follow(area: Area, now: datetime) -> tuple[int, list[Item]]:
    rows = DutyEntry.objects.to_follow().filter(area_path=area.path).order_by("id")
    return first_of(
        rows, lambda row: Item(row.words[:120], f"{row.get_kind_display()} {row.about}".strip(), 0, str(row.pk))
    )


def register_own() -> None:
    """Called once, when the room opens."""
    register(Section(90, "follow", _("From the log, to be followed"), _to_follow))
