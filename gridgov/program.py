"""The program a phone keeps: which static files, under which version, and the worker that keeps them."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse

# Everything a page of the field door loads. A test opens the pages and compares; another weighs it (≤ 150 kB gz).
FILES = (
    "css/parts.css",
    "css/field.css",
    "css/account.css",
    "css/patrols.css",
    "django_htmx/htmx-2.min.js",
    "icon.svg",
    "js/app.js",
    "js/campaigns.js",
    "js/capture.js",
    "js/day.js",
    "js/field-forms.js",
    "js/field.js",
    "js/here.js",
    "js/map.js",
    "js/offline.js",
    "js/patrol.js",
    "js/phone-store.js",
    "js/poll.js",
    "js/report.js",
    "js/theme.js",
    "js/things.js",
    "js/tiles.js",
    "js/today.js",
    "js/tray-page.js",
    "js/tray.js",
    "js/walk.js",
    "js/words.js",
    "vendor/icons/sprite.svg",
    "vendor/idb/idb.js",
    "vendor/leaflet/leaflet.css",
    "vendor/leaflet/leaflet.js",
)
WORKER = settings.BASE_DIR / "static" / "js" / "sw.js"


def source(name: str) -> Path:
    """Where a static file comes from."""
    found = finders.find(name)
    if not found:
        raise LookupError(name)
    return Path(found)


def version() -> str:
    """Changes with any byte of the program; read once, except where files are being edited (DEBUG)."""
    return _digest() if settings.DEBUG else _digest_once()


def _digest() -> str:
    parts = hashlib.sha256(WORKER.read_bytes())
    for name in FILES:
        parts.update(source(name).read_bytes())
    return parts.hexdigest()[:12]


_digest_once = lru_cache(maxsize=1)(_digest)


def worker() -> str:
    """The worker's text: its four constants, then static/js/sw.js."""
    told = {
        "VERSION": version(),
        "ASSETS": [static(name) for name in FILES],
        "STATIC": settings.STATIC_URL,
        "SHELL": reverse("assessment:offline_shell"),
    }
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items())
    return head + WORKER.read_text(encoding="utf-8")
