"""`make replay`: real tickets and real boundaries through our own commands, on an empty database.

New York: the five boroughs (Shapefile in US survey feet) as communities of a street with foreign codes, then 1,000
real 311 requests; their Borough column is what the routing is held against. Taipei: 456 里, one of which crosses
itself. Figures are printed, nothing is asserted here (tests do that).
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")

import django

django.setup()

from django.core.management import CommandError, call_command

from gridgov.accounts.models import User
from gridgov.clock.seed import seed_calendars
from gridgov.dbtime import database_now
from grids import actions as ground
from grids.models import Area, BoundaryVersion
from incidents.catalogue import ENTRIES, load_catalogue
from teams import actions as teams
from teams.models import Unit
from teams.roles import Role

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"


def administrator() -> User:
    """The office administrator, and the district that everything hangs from."""
    user, _link = teams.install_administrator(
        role=Role.OFFICE_ADMIN, username="replay", name="Replay", district_code="990101", district_name="Replay",
        now=database_now(),
    )  # fmt: skip
    return user


def street(code: str, name: str, scheme: str, *, by: User) -> Area:
    """A street whose codes are not ours."""
    district = Area.objects.get(code="990101")
    return ground.create_area(
        district, kind=Area.Kind.STREET, name=name, code=code, code_scheme=scheme, by=by, now=database_now()
    )


def units_of(area: Area, *, by: User) -> None:
    """A desk, and a unit for each sort of work; the catalogue names them."""
    now = database_now()
    teams.create_unit(name="Desk", kind=Unit.Kind.SECTION, area=area, code="DESK", is_desk=True, by=by, now=now)
    leads = sorted({entry.lead for entry in ENTRIES})
    units = {
        lead: teams.create_unit(
            name=lead.capitalize(), kind=Unit.Kind.INSTITUTION, area=area, code=lead.upper(), by=by, now=now
        )
        for lead in leads
    }
    load_catalogue(by=by, now=now, units=units)


def step(title: str, what: Callable[[], object]) -> None:
    """Do it, say how long it took; what a command refuses is said and not hidden."""
    print(f"\n── {title}")
    sys.stdout.flush()
    began = time.perf_counter()
    try:
        what()
    except CommandError as error:
        print(f"refused: {error}")
    print(f"({time.perf_counter() - began:.1f} s)")
    sys.stdout.flush()


def areas(file: str, **options: str) -> Callable[[], object]:
    """`manage.py import_areas` for communities."""
    return lambda: call_command("import_areas", str(DATA / "boundaries" / file), kind="community", **options)


def tickets() -> object:
    """`manage.py import_incidents` for the 311 requests."""
    return call_command(
        "import_incidents", str(DATA / "nyc311" / "nyc311_sample_1000.csv"), map=DATA / "nyc311" / "map.toml"
    )


def main() -> None:
    """Both cities."""
    seed_calendars(now=database_now())
    by = administrator()
    new_york = street("NYC", "New York", "nyc", by=by)
    units_of(new_york, by=by)
    step(
        "New York: five boroughs, EPSG:2263",
        areas("nyc_boroughs_epsg2263.zip", parent="NYC", code_field="BoroCode", name_field="BoroName", scheme="nyc"),
    )
    step("New York: 1,000 tickets", tickets)
    step("New York: the same again", tickets)
    street("TPE", "臺北市", "tw", by=by)
    step(
        "Taipei: 456 里, one crosses itself",
        areas("taipei_villages.geojson", parent="TPE", code_field="VILLCODE", name_field="VILLNAME", scheme="tw"),
    )
    drawn = BoundaryVersion.objects.filter(until=None, area__code_scheme="tw").count()
    print(f"\n{drawn} 里 have a boundary now.")


if __name__ == "__main__":
    main()
