"""The demo street is made whole, in one go, by the actions that everybody uses; every page has something to show."""

import io
import json
import random
from collections import defaultdict
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from assessment import metrics
from assessment.demo.duty import PLANNER, plan_roster
from assessment.demo.people import STREET
from assessment.demo.rules import set_rules
from assessment.demo.stories import write_scenes
from assessment.demo.street import build
from assessment.demo.views import keep_views
from gridgov.accounts.models import User
from gridgov.dbtime import database_now
from grids.models import Area, Building
from incidents.forms import ListFilter
from incidents.lists import apply, counts
from incidents.models import Incident, SavedView, Supervision
from incidents.workflow import Status
from residents.models import Household
from residents.protection import protected_paths
from teams import duty
from tests.examples import examples
from tests.factories import make_person

# Minutes of a year at which the street is made as well, by night: holidays, weekends, small hours.
DICE = random.Random(20261126)
BEFORE = [timedelta(minutes=DICE.randrange(366 * 24 * 60)) for _ in range(examples(0, 40))]


@pytest.fixture
def make_demo(db, settings, tmp_path):
    """Make the demo street; returns who may be signed in as."""

    def make() -> dict[str, dict[str, str]]:
        settings.DEMO, settings.DEMO_ACCOUNTS = True, tmp_path / "demo-accounts.json"
        trouble = io.StringIO()
        call_command("demo", stdout=io.StringIO(), stderr=trouble)
        assert trouble.getvalue() == ""
        return json.loads(settings.DEMO_ACCOUNTS.read_text())

    return make


def empty_views(now: datetime) -> list[str]:
    """Saved views that would open on an empty list."""
    found = []
    for view in SavedView.objects.select_related("user"):
        asked = QueryDict(view.query)
        rows = apply(ListFilter(asked, user=view.user).asked(asked["tab"]), view.user, now)
        found += [] if rows.exists() else [view.name]
    return found


def check_street(offered: dict[str, dict[str, str]], now: datetime) -> None:
    """Every part of the program has something to show, and it adds up."""
    assert Area.objects.filter(kind="community").count() == 2
    assert Area.objects.grids().count() >= 9
    assert Building.objects.count() > 50
    found = set(Incident.objects.values_list("status", flat=True))
    assert {Status.REPORTED, Status.UNCONFIRMED, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED} <= found
    assert Incident.objects.count() > 150
    assert Incident.objects.triage().exists()
    assert Supervision.objects.exists()
    with protected_paths(list(Area.objects.filter(parent=None).values_list("path", flat=True))):
        assert Household.objects.exists()
    assert metrics.drift() == []
    people = [User.objects.get(username=one["username"]) for one in offered.values()]
    assert all(user.check_password(one["password"]) for user, one in zip(people, offered.values(), strict=True))
    assert next(iter(offered)) == "Worker"
    assert counts(people[0])["mine"] >= 3
    assert empty_views(now) == []


@pytest.mark.parametrize("at", ["2026-12-01T00:10", "2027-01-01T07:59", "2028-02-29T12:00", "2028-03-01T03:00"])
def test_somebody_is_on_duty_whenever_the_street_is_made(cast, office, street, at):
    people = defaultdict(make_person, {PLANNER: office})
    moment = timezone.make_aware(datetime.fromisoformat(at))
    plan_roster(SimpleNamespace(areas={STREET: street}, people=people, now=moment))
    on_duty = duty.present(street.path, moment)
    assert [len(on_duty.leaders), len(on_duty.officers)] == [1, 1]
    assert duty.changes(street, moment)


@pytest.mark.nightly
@pytest.mark.parametrize("before", [timedelta(0), *BEFORE], ids=str)
def test_the_demo_street_lives_whenever_it_is_made(make_demo, monkeypatch, before):
    now = database_now() - before
    monkeypatch.setattr("assessment.management.commands.demo.database_now", lambda: now)
    check_street(make_demo(), now)
    with pytest.raises(CommandError):
        make_demo()


def test_a_visitor_finds_something_under_every_view_at_any_hour(db, settings, tmp_path):
    settings.DEMO, settings.DEMO_ACCOUNTS = True, tmp_path / "demo-accounts.json"
    last_week = timezone.localtime(database_now()) - timedelta(days=7)
    street = build(last_week - timedelta(days=30))
    set_rules(street)
    for day, (hour, minute) in enumerate([(0, 5), (6, 30), (8, 40), (12, 1), (12, 30), (17, 20), (23, 55)]):
        street.now = last_week.replace(hour=hour, minute=minute) + timedelta(days=day)
        with transaction.atomic():
            write_scenes(street)
            keep_views(street)
            assert empty_views(street.now) == [], street.now
            transaction.set_rollback(True)
