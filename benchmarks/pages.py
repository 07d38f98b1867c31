"""`make bench-pages`: every sort of page and list when the street has lived for years, as ratios to a view that does nothing.

The demo street, its rows copied into the years before (`ARGS=500`: 120,000 incidents; benchmarks/years.py), 1,000 grids
beside its own, 5,000 people. Sorted by what a page takes; a star stands where it asks or sends more than we want:
12 queries, 300 kB.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridgov.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import years
from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from grids.models import Area, Asset, BoundaryPlan, Building, Place
from incidents.models import Campaign, Incident, Supervision
from teams.models import Patrol, PatrolRoute

ROUNDS = 7
MOST_QUERIES, MOST_BYTES = 12, 300_000
OFFICE, LEADER, WORKER, DESK = "JD0002", "JD0001", "WG1001", "SQ0001"
SYSTEM, SECURITY, AUDIT, RULES = "GL0001", "GL0002", "GL0003", "GL0004"
# Who asks for which addresses; a word in brackets is looked up in `things`.
PAGES: dict[str, str] = {
    OFFICE: "home assessment:board assessment:board_queue assessment:board_map assessment:board_trend incidents:list incidents:points "
    "incidents:detail[case] incidents:deadline[case] incidents:background[case] incidents:supervision incidents:supervisions "
    "incidents:supervision_sheet[supervision] incidents:unit_sums incidents:waits incidents:referrals incidents:report "
    "incidents:campaigns incidents:campaign[campaign] incidents:create_campaign incidents:burden deliveries:log notices:inbox "
    "teams:book teams:units teams:roster teams:duty_log teams:hand_overs teams:hand_over_shift teams:tasks patrols:routes "
    "patrols:list patrols:coverage patrols:route[route] patrols:create_plan[route] patrols:patrol[patrol] grids:tree "
    "grids:area[street] grids:branch[street] grids:map places:list assets:list places:place[place] assets:asset[asset] "
    "plans:standard[street] plans:print_standard[street] imports:list residents:home residents:grid[grid] "
    "residents:building[building] api:incidents api:areas api:places api:assets api:notices",
    WORKER: "assessment:today assessment:today_json assessment:things_json assessment:my_grid incidents:campaigns_along "
    "incidents:field_campaign[campaign] incidents:my_reports incidents:field_report walks:home residents:home notices:inbox",
    DESK: "incidents:list incidents:campaigns assessment:board assessment:kept patrols:list",
    LEADER: "assessment:board incidents:supervision teams:decide_task",
    SECURITY: "teams:book teams:units teams:sign_ins teams:hand_over[person] teams:appoint[person] teams:create_unit",
    AUDIT: "logs:operations logs:sign_ins",
    SYSTEM: "operation:status logs:online deliveries:log health:metrics",
    RULES: "plans:list plans:plan[plan] plans:hold_review[street] limits:list limits:versions limits:ladders calendars:list "
    "calendars:versions[calendar] incidents:catalogue dictionaries:list",
}


def things() -> dict[str, Any]:
    """What the addresses speak of."""
    grid = Area.objects.filter(kind=Area.Kind.GRID).order_by("path")[0]
    here = {"area": grid}
    return {
        "grid": grid.pk,
        "street": Area.objects.get(code=years.STREET).pk,
        "case": Incident.objects.filter(**here).order_by("-reported_at")[0].pk,
        "supervision": Supervision.objects.filter(lifted_at=None)[0].pk,
        "campaign": Campaign.objects.running().filter(targets__building__area=grid)[0].pk,
        "route": PatrolRoute.objects.filter(**here)[0].pk,
        "patrol": Patrol.objects.filter(**here).order_by("-started_at")[0].pk,
        "building": Building.objects.filter(**here)[0].pk,
        "place": Place.objects.filter(**here)[0].pk,
        "asset": Asset.objects.filter(**here)[0].pk,
        "plan": BoundaryPlan.objects.filter(status="draft").order_by("-id")[0].pk,
        "person": User.objects.get(username=WORKER).public_id,
        "calendar": "office",
    }


def measured(client: Client, url: str) -> tuple[float, int, int]:
    """Median milliseconds, queries, bytes; the first answer warms up."""
    times, size = [], 0
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url)
        queries = len(asked)
    assert answer.status_code in (200, 302), (url, answer.status_code)
    for _round in range(ROUNDS):
        began = time.perf_counter()
        answer = client.get(url)
        size = len(b"".join(answer.streaming_content) if answer.streaming else answer.content)  # type: ignore[attr-defined]
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), queries, size


def walk() -> list[tuple[float, int, int, str]]:
    """Every page, as the person who reads it."""
    known, rows = things(), []
    for number, names in PAGES.items():
        client = Client()
        client.force_login(User.objects.get(username=number), backend="gridgov.accounts.backends.StaffBackend")
        for name in names.split():
            where, _, thing = name.rstrip("]").partition("[")
            url = reverse(where, args=[known[thing]] if thing else [])
            rows.append((*measured(client, url), f"{where} ({number})"))
    return sorted(rows, reverse=True)


def ground(copies: int) -> None:
    """The demo, and its years."""
    settings.DEMO_ACCOUNTS = Path(tempfile.mkdtemp()) / "accounts.json"
    call_command("demo", verbosity=0)
    began = time.monotonic()
    years.grow(copies, database_now())
    counted = f"{Incident.objects.count():,} incidents, {Building.objects.count():,} buildings, {User.objects.count():,} people"
    print(f"{counted}; grown in {time.monotonic() - began:.0f} s\n")


def main(copies: int) -> None:
    """Grow, walk, print."""
    settings.ALLOWED_HOSTS, settings.ROOT_URLCONF, settings.DEBUG = ["*"], "benchmarks.urls", False
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    ground(copies)
    hello, _queries, _bytes = measured(Client(), "/hello/")
    print(f"{'':<2}{'page (who)':<46}{'median':>12}{'queries':>9}{'size':>12}{'ratio':>9}")
    for median, queries, size, name in [*walk(), (hello, 0, 5, "hello: a view that does nothing")]:
        star = "*" if queries > MOST_QUERIES or size > MOST_BYTES else ""
        print(f"{star:<2}{name:<46}{median:>9.1f} ms{queries:>9}{size / 1000:>9.0f} kB{median / hello:>7.1f} ×")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
