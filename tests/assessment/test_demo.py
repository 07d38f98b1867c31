"""The demo street is made whole, in one go, by the actions that everybody uses; every page has something to show."""

import io
import json
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from assessment import metrics
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


@pytest.fixture
def demo(db, settings, tmp_path):
    settings.DEMO, settings.DEMO_ACCOUNTS = True, tmp_path / "demo-accounts.json"
    call_command("demo", stdout=io.StringIO())
    return json.loads(settings.DEMO_ACCOUNTS.read_text())


def empty_views(now: datetime) -> list[str]:
    """Saved views that would open on an empty list."""
    found = []
    for view in SavedView.objects.select_related("user"):
        asked = QueryDict(view.query)
        rows = apply(ListFilter(asked, user=view.user).asked(asked["tab"]), view.user, now)
        found += [] if rows.exists() else [view.name]
    return found


def test_the_demo_street_lives(demo):
    assert Area.objects.filter(kind="community").count() == 2
    assert Area.objects.grids().count() >= 9
    assert Building.objects.count() > 50
    found = dict.fromkeys(Incident.objects.values_list("status", flat=True))
    assert {Status.REPORTED, Status.UNCONFIRMED, Status.IN_PROGRESS, Status.RESOLVED, Status.CLOSED} <= set(found)
    assert Incident.objects.count() > 150
    assert Incident.objects.triage().exists()
    assert Supervision.objects.exists()
    with protected_paths(list(Area.objects.filter(parent=None).values_list("path", flat=True))):
        assert Household.objects.exists()
    assert metrics.drift() == []
    people = [User.objects.get(username=one["username"]) for one in demo.values()]
    assert all(user.check_password(one["password"]) for user, one in zip(people, demo.values(), strict=True))
    assert next(iter(demo)) == "Worker"
    assert counts(people[0])["mine"] >= 3
    assert empty_views(database_now()) == []
    with pytest.raises(CommandError):
        call_command("demo", stdout=io.StringIO())


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
