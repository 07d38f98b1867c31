"""The program a phone loads: light enough for a slow line, in a JavaScript that Chrome 80 and Safari 15.4 read."""

import gzip
import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from gridgov import program

LIGHT = 150 * 1024
IMPORT = re.compile(r"(?:from|import)\s*\(?\s*\"(\./|\.\./)([\w./-]+\.js)\"")
JS = settings.BASE_DIR / "static" / "js"
OWN = [name for name in program.FILES if name.startswith("js/")]
# What came after Chrome 80 (February 2020) or Safari 15.4 and would stop a script, or a call, there.
TOO_NEW = {
    r"(?<![\w.])(?:\?\?=|\|\|=|&&=)|\?\?=|\|\|=|&&=": "logical assignment (Chrome 85)",
    r"\.at\(": "Array.at (Chrome 92)",
    r"\.replaceAll\(": "replaceAll (Chrome 85)",
    r"\.replaceChildren\(": "replaceChildren (Chrome 86)",
    r"\bstructuredClone\(": "structuredClone (Chrome 98)",
    r"\bObject\.hasOwn\(": "Object.hasOwn (Chrome 93)",
    r"\bPromise\.any\(": "Promise.any (Chrome 85)",
    r"\brandomUUID\(": "randomUUID (Chrome 92)",
    r"\.findLast(?:Index)?\(": "findLast (Chrome 97)",
    r"\.to(?:Sorted|Reversed|Spliced)\(": "change by copy (Chrome 110)",
    r"\bAbortSignal\.timeout\(": "AbortSignal.timeout (Chrome 103)",
    r"^await\s": "top-level await (Chrome 89)",
    r"^\s+#\w+\s*(?:\(|=|;)|\bthis\.#": "private members (Safari has them, Chrome 80 not all)",
    r"^\s+static\s*\{": "static blocks (Chrome 94)",
    r"(?<=\d)_(?=\d)": "numeric separators in Safari are fine, kept out for older WebViews",
    r"\(\?<[=!]": "look-behind (Safari 16.4)",
    r"\bimport\s*\(\s*[^)]*,\s*\{": "import attributes",
    r"\.scheduler\b|\brequestIdleCallback\(": "not in Safari",
    r"\bnavigator\.sync\b|\bSyncManager\b": "background sync: not in Safari",
}


def code(name: str) -> str:
    """The script without comments and the insides of strings, so that words about it do not count."""
    text = program.source(name).read_text()
    text = re.sub(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", "", text, flags=re.DOTALL)
    return re.sub(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'", '""', text)


@pytest.mark.parametrize("name", [*OWN, "js/sw.js", "js/leave.js", "vendor/idb/idb.js"])
def test_script_keeps_to_what_old_phones_read(name):
    found = [why for pattern, why in TOO_NEW.items() if re.search(pattern, code(name), re.MULTILINE)]
    assert found == []


def test_scripts_of_the_desk_keep_to_it_too():
    """An office's browser is as old as a phone's."""
    names = [f"js/{path.relative_to(JS)}" for path in sorted(JS.rglob("*.js"))]
    scripts = {name: code(name).replace("topology.at(", "") for name in names}  # a method of our own
    found = {
        (name, why)
        for name, text in scripts.items()
        for pattern, why in TOO_NEW.items()
        if re.search(pattern, text, re.MULTILINE)
    }
    assert len(scripts) > len(OWN)
    assert found == set()


@pytest.mark.parametrize("line", ["a ??= 1;", "list.at(-1);", "await load();", "x = structuredClone(y);", "/(?<=a)b/"])
def test_the_linter_finds_what_it_is_for(line):
    assert [why for pattern, why in TOO_NEW.items() if re.search(pattern, line, re.MULTILINE)]


def test_the_whole_program_is_light(capsys):
    files = {name: len(gzip.compress(program.source(name).read_bytes(), 9)) for name in program.FILES}
    page = render_to_string("field/tray.html", {"kinds": {}, "look": {}, "user": None})
    total = sum(files.values()) + len(gzip.compress(page.encode(), 9))
    with capsys.disabled():
        heaviest = sorted(files.items(), key=lambda item: -item[1])[:3]
        print(f"\n  the phone's program: {total / 1024:.0f} kB gz in {len(files)} files; heaviest {heaviest}")  # noqa: T201
    assert total <= LIGHT


def test_scripts_load_nothing_that_is_not_kept():
    """Whatever a kept script imports is kept too, or the shell breaks without a signal."""
    missing = []
    for name in OWN:
        for found in IMPORT.findall(program.source(name).read_text()):
            target = ("js/" if found[0] == "./" else "") + found[1]
            if target not in program.FILES and target not in (
                "js/charts.js",
                "js/basemap.js",
            ):  # not on the phone; only with a signal
                missing.append(f"{name} → {target}")
    assert missing == []


def test_the_worker_handles_get_only_and_keeps_no_page():
    text = program.WORKER.read_text()
    assert 'request.method !== "GET"' in text
    assert ".put(" not in text
    assert len(text.splitlines()) <= 80
    assert settings.STATIC_URL in program.worker()
