"""Fetches the front-end packages we serve ourselves, so that no page ever asks a stranger's server for anything.

`python -m gridgov.local.vendor` packs each package from npm, keeps the few files that are used, and records
version and sha256 in `static/vendor/manifest.json`; a test compares the files with that record.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BACKGROUND = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
TARGET = ROOT / "static" / "vendor"
TEST_DATA = ROOT / "tests" / "data" / "axe"
SOURCE_MAP = re.compile(rb"\n?(/\*|//)# sourceMappingURL=[^\n]*?(\*/)?[ \t]*(?=\n|$)")
INNER_LINK = re.compile(rb"url\(%23([\w-]+)\)")  # a reference inside a data URI, which looks like a file to the storage
SYMBOL = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@dataclass(frozen=True)
class Package:
    """One npm package: where its files land, and which (path in the package → name here; a folder ends with /)."""

    name: str
    version: str
    licence: str
    files: dict[str, str]
    folder: Path


PACKAGES = (
    Package(
        "@tabler/core",
        "1.6.1",
        "MIT",
        {"dist/css/tabler.min.css": "tabler.min.css"},  # its licence stands in the first lines of the file
        TARGET / "tabler",
    ),
    Package(
        "leaflet",
        "1.9.4",
        "BSD-2-Clause",
        {
            "dist/leaflet.js": "leaflet.js",
            "dist/leaflet.css": "leaflet.css",
            "dist/images/": "images/",
            "LICENSE": "LICENSE",
        },
        TARGET / "leaflet",
    ),
    Package(
        "@geoman-io/leaflet-geoman-free",
        "2.20.2",
        "MIT",
        {
            "dist/leaflet-geoman.min.js": "leaflet-geoman.min.js",
            "dist/leaflet-geoman.css": "leaflet-geoman.css",
            "LICENSE": "LICENSE",
        },
        TARGET / "geoman",
    ),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        {"dist/echarts.common.min.js": "echarts.common.min.js", "LICENSE": "LICENSE", "NOTICE": "NOTICE"},
        TARGET / "echarts",
    ),
    Package(
        "protomaps-leaflet",
        "5.1.0",
        "BSD-3-Clause",
        {"dist/protomaps-leaflet.js": "protomaps-leaflet.js", "LICENSE": "LICENSE"},
        TARGET / "protomaps",
    ),
    # its package brings no licence file; the same owner's stands in protomaps/
    Package("pmtiles", "4.5.0", "BSD-3-Clause", {"dist/pmtiles.js": "pmtiles.js"}, TARGET / "pmtiles"),
    Package("idb", "8.0.4", "ISC", {"build/index.js": "idb.js", "LICENSE": "LICENSE"}, TARGET / "idb"),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE"},
        TEST_DATA,
    ),
)

ICON_PACKAGE = ("@tabler/icons", "3.51.0", "MIT")
ICONS = """
activity adjustments alarm alert-circle alert-octagon alert-triangle archive arrow-back-up arrow-down arrow-forward-up
arrow-left arrow-right arrow-up arrows-join at award bell bolt book bookmark briefcase broadcast building
building-community building-skyscraper calendar calendar-check calendar-event calendar-time camera category chart-bar
chart-line check checklist checks chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dashed
circle-x clipboard-check clipboard-list clock clock-check clock-hour-4 clock-pause clock-play clock-x cloud-off
cloud-upload coffee copy crosshair current-location database device-desktop device-mobile devices dots dots-vertical
download edit eraser external-link eye eye-off file file-description file-export file-import file-spreadsheet file-text
files filter flag flame focus-2 folder gauge gavel grid-dots hand-stop heart heart-handshake help help-circle hexagon
history home home-heart hourglass id inbox info-circle key language layers-intersect layers-union layout-dashboard
layout-grid layout-list leaf link list list-check list-details loader lock lock-open login logout mail map map-2
map-pin map-pin-plus map-pins maximize menu-2 message message-2 messages minus mood-smile moon navigation news note
notebook notes paperclip password pencil phone phone-call photo player-pause player-play player-stop plus pointer
polygon printer qrcode refresh report report-search rotate route rubber-stamp ruler-measure scale school scissors
search send server settings share shield shield-check shield-lock sitemap slice sort-ascending sort-descending
speakerphone square-check star stethoscope sun tag target text-size timeline timeline-event tool transfer trash
triangle truck-delivery upload user user-check user-circle user-exclamation user-heart user-off user-plus user-search
users users-group vector vector-bezier versions video volume walk wall wifi-off world x zoom-in zoom-out
""".split()  # noqa: SIM905  a list that can be read


def fetch(name: str, version: str, into: Path) -> Path:
    """The unpacked npm package; npm itself checks the registry's integrity hash."""
    done = subprocess.run(  # noqa: S603 (fixed arguments from the table above)
        ["npm", "pack", "--silent", f"{name}@{version}"],  # noqa: S607 (whichever npm the developer has)
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = into / done.stdout.strip().splitlines()[-1]
    folder = into / archive.stem
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return folder / "package"


def clean(content: bytes, suffix: str) -> bytes:
    """What the manifest storage trips over: source maps we do not ship, and brackets encoded away in data URIs."""
    if suffix not in {".js", ".css"}:
        return content
    content = SOURCE_MAP.sub(b"", content)
    return INNER_LINK.sub(rb"url%28%23\1%29", content)


def keep(source: Path, target: Path) -> None:
    """Copy one cleaned file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(clean(source.read_bytes(), source.suffix))


def take(package: Package, into: Path) -> None:
    """Fetch one package and keep what the table names."""
    unpacked = fetch(package.name, package.version, into)
    for inside, here in package.files.items():
        if inside.endswith("/"):
            for file in sorted((unpacked / inside).iterdir()):
                keep(file, package.folder / here / file.name)
        else:
            keep(unpacked / inside, package.folder / here)


def draw_sprite(into: Path) -> None:
    """One SVG file of `<symbol>`s for `{% icon %}`, drawn with strokes in the colour of the text."""
    unpacked = fetch(*ICON_PACKAGE[:2], into)
    symbols = []
    for name in sorted(set(ICONS)):
        source = unpacked / "icons" / "outline" / f"{name}.svg"
        if not source.exists():
            sys.exit(f"There is no icon called {name!r} in {ICON_PACKAGE[0]} {ICON_PACKAGE[1]}.")
        found = SYMBOL.search(source.read_text())
        if found is None:
            sys.exit(f"The icon {name!r} is not a plain SVG.")
        shape = " ".join(BACKGROUND.sub("", found.group(1)).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shape}</symbol>')
    folder = TARGET / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    sprite = "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])
    (folder / "sprite.svg").write_text(sprite)
    keep(unpacked / "LICENSE", folder / "LICENSE")


def record() -> dict[str, dict]:
    """Package → version, licence and the sha256 of each file as it lies in the repository."""
    folders = {p.name: (p.version, p.licence, p.folder) for p in PACKAGES}
    folders[ICON_PACKAGE[0]] = (ICON_PACKAGE[1], ICON_PACKAGE[2], TARGET / "icons")
    return {
        name: {
            "version": version,
            "licence": licence,
            "files": {
                str(file.relative_to(ROOT)): hashlib.sha256(file.read_bytes()).hexdigest()
                for file in sorted(folder.rglob("*"))
                if file.is_file()
            },
        }
        for name, (version, licence, folder) in sorted(folders.items())
    }


def main() -> None:
    """Fetch everything anew and write the record."""
    with tempfile.TemporaryDirectory() as temporary:
        for package in PACKAGES:
            take(package, Path(temporary))
        draw_sprite(Path(temporary))
    (TARGET / "manifest.json").write_text(json.dumps(record(), indent=2) + "\n")


if __name__ == "__main__":
    main()
