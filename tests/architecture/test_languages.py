"""Both languages are complete: every message of the program has its Chinese words, and no catalogue line is stale."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = [ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / f"{name}.po" for name in ("django", "djangojs")]


CHINESE, LATIN = r"[\u4e00-\u9fff，。、；：！？（）“”]", r"(?:[A-Za-z0-9{}]|%\(\w+\)[sd]|%[sd])"
GAP = re.compile(rf"{CHINESE} +{LATIN}|{LATIN} +{CHINESE}")
MEANT = {"Y年n月j日 H:i", "最大÷最小 %(ratio)s"}  # a day and its hour; a figure and what it is


def test_the_gap_between_chinese_and_latin_is_left_to_the_style_sheet():
    catalogue = polib.pofile(str(CATALOGUES[0]))
    words = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in words if GAP.search(text) and text not in MEANT] == []


@pytest.mark.parametrize("path", [p for p in CATALOGUES if p.exists()], ids=lambda p: p.name)
def test_every_message_has_its_chinese_words(path):
    catalogue = polib.pofile(str(path))
    assert [e.msgid for e in catalogue if not e.obsolete and not e.translated()] == []
    assert [e.msgid for e in catalogue.fuzzy_entries()] == []


def test_catalogue_holds_every_message_of_the_program(tmp_path):
    """Extracts from a copy, so that nothing in the tree is touched."""
    copy = tmp_path / "tree"
    ignored = shutil.ignore_patterns("locale", ".git", ".venv", ".local", "vendor", "tests", "staticfiles", "media")
    shutil.copytree(ROOT, copy, ignore=ignored, symlinks=True)
    (copy / "locale").mkdir()
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-location", "-v", "0"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    found = polib.pofile(str(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    known = {(e.msgctxt, e.msgid) for e in polib.pofile(str(CATALOGUES[0])) if not e.obsolete}
    assert sorted(e.msgid for e in found if (e.msgctxt, e.msgid) not in known) == []
