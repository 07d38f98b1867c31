"""Style sheets: short enough to find a rule, every class worn by something, every piece in a sheet that pages link."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from gridgov.assets import SHEETS

ROOT = settings.BASE_DIR
CSS = ROOT / "static" / "css"
FILES = sorted(str(p.relative_to(CSS)) for p in CSS.rglob("*.css"))
LONGEST = 400
LIBRARIES = ("leaflet-", "marker-icon", "htmx-")  # what Leaflet, Geoman and htmx put on their own elements
ROOMS = ("gridgov", "grids", "teams", "residents", "incidents", "assessment")
ATTRIBUTE = re.compile(r"""\b(?:class|css|mark|table)=\\?["']((?:[^"'{]|\{[{%].*?[%}]\})*)""")
ELSEWHERE = re.compile(r'{% block (?:width|paper) %}([^<]*?)\{% endblock|"class": f?"([^"]*)"')
WORD = re.compile(r"(?<![\w-])([A-Za-z_][\w-]*)")


def text_of(name: str) -> str:
    """A sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(encoding="utf-8"), flags=re.DOTALL)


def classes(css: str) -> set[str]:
    """The classes its selectors name."""
    selectors = [s for s in re.findall(r"([^{}]+)\{", css) if not s.strip().startswith("@")]
    return {c for s in selectors for c in re.findall(r"\.([A-Za-z_][\w-]*)", re.sub(r'"[^"]*"', "", s))}


def worn() -> tuple[set[str], tuple[str, ...], tuple[str, ...]]:
    """Class names as templates, scripts and widgets write them; beginnings ("level-") and ends ("-portrait")."""
    texts = [p.read_text() for p in (ROOT / "templates").rglob("*.html")]
    texts += [p.read_text() for room in ROOMS for p in (ROOT / room).rglob("*.py")]
    written = [m for text in texts for m in ATTRIBUTE.findall(text)]
    written += [block or widget for text in texts for block, widget in ELSEWHERE.findall(text)]
    for script in (ROOT / "static" / "js").rglob("*.js"):
        written += [a or b for a, b in re.findall(r'"([^"\n]*)"|`([^`]*)`', script.read_text())]
    words = {word for line in written for word in WORD.findall(line)}
    ends = {end for line in written for end in re.findall(r"\}(-[\w-]+)", line)}
    return words, tuple(word for word in words if word.endswith("-")), tuple(ends)


def unworn(css: str) -> list[str]:
    words, beginnings, ends = worn()
    left = classes(css) - words
    return sorted(c for c in left if not c.startswith((*beginnings, *LIBRARIES)) and not c.endswith(ends))


def test_sheets_are_short():
    lines = {name: len((CSS / name).read_text().splitlines()) for name in FILES}
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}


def test_every_class_is_worn_somewhere():
    assert {name: gone for name in FILES if (gone := unworn(text_of(name)))} == {}


def test_the_check_finds_what_nobody_wears():
    assert unworn(".box .worn-by-nobody:hover, a.level-2 > .btn { color: red; }") == ["worn-by-nobody"]


def test_every_piece_is_in_a_sheet_and_every_sheet_is_linked():
    pieces = [f"{piece}.css" for pieces in SHEETS.values() for piece in pieces]
    assert sorted(pieces) == sorted({name for name in FILES if "/" in name} | {"tokens.css"})
    linked = (
        "\n".join(p.read_text() for p in (ROOT / "templates").rglob("*.html")) + (ROOT / "gridgov/paper.py").read_text()
    )
    assert [name for name in FILES if name not in pieces and f"css/{name}" not in linked] == []
    assert [name for name in SHEETS if f"'{name}'" not in linked] == []


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_its_pieces_in_order(name):
    found = Path(str(finders.find(name))).read_text()
    places = [found.index((CSS / f"{piece}.css").read_text()) for piece in SHEETS[name]]
    assert places == sorted(places)
