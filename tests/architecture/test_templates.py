"""Templates and static files: all compile, all are used, small, without inline code, and as npm gave them."""

import hashlib
import json
import re

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = settings.BASE_DIR
TEMPLATES = sorted(str(p.relative_to(ROOT / "templates")) for p in (ROOT / "templates").rglob("*.html"))
CODE = ("gridgov", "grids", "teams", "residents", "incidents", "assessment", "templates")
BY_CONVENTION = {"403.html", "404.html", "500.html", "403_csrf.html", "429.html"}  # Django and allauth ask for these
LIBRARIES = ("mfa/", "account/", "usersessions/")  # allauth's own names, overridden
INLINE = re.compile(
    r"<style|\sstyle=|\son(click|submit|change|load|input|error)=|javascript:|<script(?![^>]*\bsrc=)", re.IGNORECASE
)


def source() -> str:
    files = [p for folder in CODE for end in ("py", "html") for p in (ROOT / folder).rglob(f"*.{end}")]
    return "\n".join(p.read_text() for p in files)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name):
    assert get_template(name).template.name == name


def test_no_template_is_unused():
    text = source()
    unused = [t for t in TEMPLATES if t not in BY_CONVENTION and not t.startswith(LIBRARIES) and f'"{t}' not in text]
    assert unused == []


def test_components_are_few():
    assert len([t for t in TEMPLATES if t.startswith("components/")]) <= 12


def test_templates_are_small():
    assert {t: n for t in TEMPLATES if (n := len((ROOT / "templates" / t).read_text().splitlines())) > 120} == {}


def test_no_template_carries_code_or_style():
    found = {t: m.group() for t in TEMPLATES if (m := INLINE.search((ROOT / "templates" / t).read_text()))}
    assert found == {}


def test_every_table_has_a_name():
    """A reader who does not see the page hears which table this is: its caption, or the heading it stands under."""
    named = re.compile(r"<table[^>]*\saria-label(ledby)?=|<table[^>]*>\s*<caption")
    texts = {t: (ROOT / "templates" / t).read_text() for t in TEMPLATES}
    assert [t for t, text in texts.items() if text.count("<table") != len(named.findall(text))] == []


def test_what_gives_a_file_can_be_asked_for_again():
    """The page stays where it is, so a button that waits for the next page would wait for ever."""
    forms = re.compile(r'<form method="post" action="[^"]*?(?:export|xlsx|csv).*?</form>', re.DOTALL)
    texts = {t: (ROOT / "templates" / t).read_text() for t in TEMPLATES}
    found = [(t, form) for t, text in texts.items() for form in forms.findall(text)]
    found.append(("grids/export.html", texts["grids/export.html"]))
    assert len(found) >= 7
    assert [t for t, form in found if "data-again" not in form] == []


def test_icons_named_in_templates_exist():
    sprite = (ROOT / "static" / "vendor" / "icons" / "sprite.svg").read_text()
    drawn = set(re.findall(r'id="([^"]+)"', sprite))
    pattern = re.compile(r'{% icon "([^"]+)"|icon="([^"]+)"')
    named = {a or b for t in TEMPLATES for a, b in pattern.findall((ROOT / "templates" / t).read_text())}
    assert named - drawn == set()


def test_icons_named_in_tables_exist():
    """Steps of the workflow, entries of the menu, headings of the catalogue."""
    from gridgov.shell import MENU
    from incidents.catalogue import HEADINGS
    from incidents.workflow import MOVES

    sprite = (ROOT / "static" / "vendor" / "icons" / "sprite.svg").read_text()
    named = {move.icon for move in MOVES.values()} | {heading.icon for heading in HEADINGS}
    named |= {entry.icon for group in MENU for entry in group.entries}
    assert named - set(re.findall(r'id="([^"]+)"', sprite)) == set()


def test_vendored_files_are_what_the_manifest_says():
    manifest = json.loads((ROOT / "static" / "vendor" / "manifest.json").read_text())
    recorded = {file: digest for package in manifest.values() for file, digest in package["files"].items()}
    folders = [ROOT / "static" / "vendor", ROOT / "tests" / "data" / "axe"]
    lying = {
        str(p.relative_to(ROOT)): hashlib.sha256(p.read_bytes()).hexdigest()
        for folder in folders
        for p in folder.rglob("*")
        if p.is_file() and p.name != "manifest.json"
    }
    assert lying == recorded
