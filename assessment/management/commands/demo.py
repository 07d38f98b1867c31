"""`manage.py demo`: fills an empty database with the demo street."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from assessment import actions
from assessment.demo.campaigns import admit_tasks, run_campaigns
from assessment.demo.divisions import proposals_of_autumn, review_of_autumn
from assessment.demo.duty import plan_roster, write_duty
from assessment.demo.kept import keep_two
from assessment.demo.patrols import write_patrols
from assessment.demo.plans import draft_of_today, split_of_the_past
from assessment.demo.rules import put_on_leave, set_rules, tighten
from assessment.demo.stories import write_history
from assessment.demo.street import build
from assessment.demo.things import write_things
from assessment.demo.views import keep_views
from assessment.demo.ways import roads_and_water
from gridgov.accounts import demo as offered
from gridgov.clock import checks
from gridgov.dbtime import database_now
from grids.models import Area

STORY = (
    "WG",
    "SQ",
    "JD",
    "WY",
    "WZ",
    "GL",
)  # who reports, who dispatches, who supervises, who handles, who administers


def in_order_of_the_story(people: list[offered.DemoPerson]) -> list[offered.DemoPerson]:
    """The sign-in page's buttons, in the order in which a visitor will want them."""
    order = {prefix: place for place, prefix in enumerate(STORY)}
    return sorted(people, key=lambda person: order.get(person.username[:2], len(STORY) - 1.5))


class Command(BaseCommand):
    help = "Fill an empty database with 和平街道: a fictional street with three months of work. Demo only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("GRIDGOV_DEMO is off: invented people are not mixed with real ones.")
        if Area.objects.exists():
            raise CommandError("The database is not empty. `make demo-reset` starts the demo anew.")
        began = time.monotonic()
        with transaction.atomic():
            street = build(database_now())
            split_of_the_past(street)
            set_rules(street)
            write_things(street)
            plan_roster(street)
            write_history(street)
            tighten(street)
            admit_tasks(street)
            run_campaigns(street)
            write_duty(street)
            write_patrols(street)
            put_on_leave(street)
            draft_of_today(street)
            roads_and_water(street)
            proposals_of_autumn(street)
            review_of_autumn(street)
            keep_two(street)
            keep_views(street)
            offered.write(in_order_of_the_story(street.shown))  # fails before anything is kept, or not at all
        actions.fold_counts(limit=1_000_000)
        for one in checks.check(now=database_now()):  # the hourly check's first run, so that its page has one
            self.stderr.write(f"Does not add up: {one.code} {one.count}")
        self.stdout.write(f"The demo street was made in {time.monotonic() - began:.0f} s.")
