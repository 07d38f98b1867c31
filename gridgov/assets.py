"""Static files under names that change with their content, and style sheets written in pieces but sent as one."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# What a page links → its pieces in `static/css`, later rules over earlier ones. A phone on a slow line asks once.
SHEETS = {
    "css/parts.css": (
        "tokens",
        "parts/page",
        "parts/layout",
        "parts/buttons",
        "parts/marks",
        "parts/forms",
        "parts/lists",
        "parts/timeline",
        "parts/facts",
        "parts/floating",
        "parts/maps",
        "parts/map-shapes",
        "parts/charts",
        "parts/motion-print",
    ),
    "css/desk.css": (
        "desk/tabler",
        "desk/top",
        "desk/navigation",
        "desk/page",
        "desk/tables",
        "desk/case",
        "desk/rooms",
        "desk/print",
    ),
    "css/field.css": (
        "field/frame",
        "field/cards",
        "field/report",
        "field/days",
        "field/capture",
    ),
    "css/plans.css": (
        "plans/frame",
        "plans/grids",
        "plans/map",
        "plans/chosen",
        "plans/faults",
        "plans/foot",
        "plans/paper",
        "plans/report",
    ),
}
JOINED = settings.BASE_DIR / ".local" / "sheets"


def joined(name: str) -> Path:
    """The sheet as one file, written again only when a piece changed."""
    css, target = settings.BASE_DIR / "static" / "css", JOINED / name
    text = "\n".join((css / f"{piece}.css").read_text(encoding="utf-8") for piece in SHEETS[name])
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(f".{os.getpid()}")
        half.write_text(text, encoding="utf-8")
        half.replace(target)  # whoever reads meanwhile has the old one whole
    return target


class Sheets(BaseFinder):
    """Finds the joined sheets where Django looks for static files."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """The joined file, nothing for any other name."""
        found = [str(joined(path))] if path in SHEETS else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every sheet, joined anew."""
        for name in SHEETS:
            joined(name)
            yield name, FileSystemStorage(location=JOINED)


class StaticFiles(StaticFilesConfig):
    """Leaves out pieces of sheets and what we never load: other htmx, extensions whose comments look like imports."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(f"css/{piece}.css" for pieces in SHEETS.values() for piece in pieces),
        "django_htmx/ext/*",
        "django_htmx/*-4*",
    ]


class Storage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage, which otherwise leaves `import "./words.js"` at a name browsers keep too long."""

    support_js_module_import_aggregation = True


class PlainStorage(ManifestStaticFilesStorage):
    """The same names without the compressed copies, for a trial on one machine."""

    support_js_module_import_aggregation = True
