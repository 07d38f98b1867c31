"""Three months of work in the demo street, played in order of time through the real actions.

Everything is decided by one seeded chance, so that two installations look alike; times are working time, so that
nights and holidays are quiet. What would happen after now has not happened yet: that is what is open today.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone

from assessment.demo import paper, words
from assessment.demo.people import AUTUMN, PEOPLE, SPRING, STREET
from assessment.demo.street import Street
from gridgov.accounts.models import User
from gridgov.clock import calendars
from gridgov.clock.arithmetic import instant_of, worked
from gridgov.clock.models import Clock
from gridgov.clock.sweep import sweep
from gridgov.privacy import crypto
from grids.permissions import Perm
from incidents import actions
from incidents.actions.report import Report
from incidents.models import Category, Incident
from incidents.models.incident import Channel, LocationSource
from incidents.workflow import OPEN, Status
from teams.models import Unit
from teams.roles import ROLES

DAYS = 92
PER_WORKDAY, PER_DAY_OFF = (2, 5), (0, 2)
MINUTE, HOUR = 60, 3600
HOURS_OF_DAY = (8, 8, 9, 9, 9, 10, 10, 11, 13, 14, 14, 15, 15, 16, 16, 17, 18, 19, 20)
# Heading → how often something is reported under it.
WEIGHTS = {"01": 26, "02": 14, "03": 20, "04": 16, "05": 6, "06": 14, "07": 1, "08": 3}
Play = Callable[[datetime], None]


class Stage:
    """The queue of what is still to happen, and who can be asked to do it."""

    def __init__(self, street: Street, seed: int = 20261123) -> None:
        self.street, self.chance = street, random.Random(seed)  # noqa: S311 - a demo's dice, not a secret
        self.office_hours = calendars.value_of(calendars.default())
        self.queue: list[tuple[datetime, int, Play]] = []
        self.order = itertools.count()
        self.categories = list(
            Category.objects.offered().select_related("lead_unit", "major").exclude(code="0799").order_by("code")
        )
        self.residents = User.objects.service("residents")
        self.members: dict[int, list[User]] = {}
        for person in PEOPLE:
            if person.unit and Perm.SIGN_INCIDENTS in ROLES[person.role].perms:
                unit = street.units[person.unit]
                self.members.setdefault(unit.pk, []).append(street.people[person.number])

    def later(self, at: datetime, play: Play) -> None:
        """Let `play` happen at `at`, if that is not after today."""
        if at <= self.street.now:
            heapq.heappush(self.queue, (at, next(self.order), play))

    def after(self, at: datetime, low: float, high: float) -> datetime:
        """Some working time after `at`, between `low` and `high` seconds."""
        target = worked(self.office_hours, at) + self.chance.uniform(low, high)
        return max(at + timedelta(seconds=1), instant_of(self.office_hours, target))

    def run(self) -> None:
        """Play everything in order; the sweep goes by whenever a deadline would have run out."""
        while self.queue:
            at, _nth, play = heapq.heappop(self.queue)
            self.sweep_until(at)
            play(at)
        self.sweep_until(self.street.now)

    def sweep_until(self, at: datetime) -> None:
        """What Celery would have done in the meantime, at the moments when it would have."""
        running = Clock.objects.running().filter(next_at__lte=at).order_by("next_at")
        while (first := running.values_list("next_at", flat=True).first()) is not None:
            sweep(now=min(at, first + timedelta(seconds=5)))

    def desk(self, incident: Incident) -> User:
        """Who takes reports where the incident lies; the street's own desk for what is confidential."""
        if incident.is_confidential:
            return self.street.people["JD0002"]
        code = incident.area.code
        number = "SQ0001" if code.startswith(SPRING) else "SQ0002" if code.startswith(AUTUMN) else "JD0002"
        return self.street.people[number]

    def team(self, incident: Incident) -> Unit:
        """The team of the grid."""
        return Unit.objects.get(kind=Unit.Kind.GRID_TEAM, area=incident.area)

    def worker(self, incident: Incident, *, head: bool = False) -> User:
        """The grid's own worker or head; the desk where there is no grid."""
        found = self.street.people.get(f"{'WZ' if head else 'WG'}{incident.area.code[-4:]}")
        return self.desk(incident) if found is None or incident.is_confidential else found


def write_history(street: Street) -> None:
    """Put a quarter of reports into the queue and play them."""
    stage = Stage(street)
    today = timezone.localtime(street.now)
    for back in range(DAYS, -1, -1):
        day = today - timedelta(days=back)
        is_workday = bool(stage.office_hours.segments(day.date()))
        for _nth in range(stage.chance.randint(*(PER_WORKDAY if is_workday else PER_DAY_OFF))):
            hour, minute = stage.chance.choice(HOURS_OF_DAY), stage.chance.randrange(60)
            Story(stage).begin(day.replace(hour=hour, minute=minute, second=stage.chance.randrange(60)))
    _scenes(stage)
    stage.run()


def write_scenes(street: Street) -> None:
    """Play nothing but what a visitor should find today."""
    stage = Stage(street)
    _scenes(stage)
    stage.run()


def _scenes(stage: Stage) -> None:
    """What a visitor should find today whatever the dice say."""
    now = stage.street.now
    Story(stage, code="0302", channel=Channel.FIELD).begin(now - timedelta(minutes=6), fresh=True)
    Story(stage, code="0404", channel=Channel.PUBLIC).begin(now - timedelta(minutes=21), fresh=True)
    Story(stage, code="0103", channel=Channel.DESK).begin(now - timedelta(minutes=33), fresh=True)
    Story(stage, code="0203", outside=True).begin(now - timedelta(minutes=48), fresh=True)
    first = SPRING + "001"
    Story(stage, code="0201", channel=Channel.FIELD, grid=AUTUMN + "001", goal="hold").begin(now - timedelta(days=3))
    noon = timezone.localtime(now).replace(hour=12, minute=0, second=0, microsecond=0)
    for days, code in ((1, "0604"), (16, "0102")):  # due today, before or after now; very late over any holidays
        Story(stage, code=code, channel=Channel.DESK, goal="wait").begin(noon - timedelta(days=days))
    for minutes, code, goal in ((95, "0302", "sign"), (150, "0103", "resolve"), (130, "0301", "verify")):
        story = Story(stage, code=code, channel=Channel.FIELD, grid=first, goal=goal)
        story.begin(now - timedelta(minutes=minutes))


class Story:
    """One incident from report to close, told step by step; each step schedules the next."""

    def __init__(
        self, stage: Stage, *, code: str = "", channel: str = "", outside: bool = False, grid: str = "", goal: str = ""
    ) -> None:
        self.stage, self.chance = stage, stage.chance
        weights = [WEIGHTS[c.code[:2]] for c in stage.categories]
        self.category = (
            next((c for c in stage.categories if c.code == code), None)
            or (self.chance.choices(stage.categories, weights)[0])
        )
        public = (Channel.PUBLIC,) * 4 if self.category.is_public else ()
        self.channel = channel or self.chance.choice((Channel.FIELD,) * 10 + (Channel.DESK,) * 6 + public)
        grids = [code for code, found in stage.street.buildings.items() if found]
        self.grid = grid or self.chance.choice(grids)
        self.goal = goal  # the step at which the story stops and waits for whoever visits the demo
        self.building = self.chance.choice(stage.street.buildings[self.grid])
        self.outside = outside
        self.incident: Any = None
        self.reworked = 0

    def begin(self, at: datetime, *, fresh: bool = False) -> None:
        """Be reported at `at`; a fresh one waits for whoever visits the demo."""
        self.fresh = fresh
        self.stage.later(at, self.report)

    def _say(self) -> str:
        phrase = self.chance.choice(self.category.phrases or [self.category.name])
        where = words.AT_HOME if self.category.code[:2] in ("05", "06", "08") else words.DETAILS
        return f"{self.chance.choice(where)}{phrase}{self.chance.choice(words.EXTRA)}"

    def _reporter(self) -> User:
        people = self.stage.street.people
        if self.channel == Channel.PUBLIC:
            return self.stage.residents
        if self.channel == Channel.DESK:
            return people["SQ0001" if self.grid.startswith(SPRING) else "SQ0002"]
        return people[f"WG{self.grid[-4:]}"]

    def report(self, at: datetime) -> None:
        """上报, with the place as a building mostly, sometimes as a device's location."""
        device = self.outside or self.chance.random() < 0.35
        point = self.building.point
        if device and point is not None:
            shift = 0.02 if self.outside else 0.00012
            point = Point(point.x + self.chance.uniform(-shift, shift), point.y + shift, srid=4326)
        calls = self.channel in (Channel.DESK, Channel.PUBLIC)
        what = Report(
            category=self.category,
            description=self._say(),
            building=None if device else self.building,
            point=point,
            accuracy=self.chance.choice((8, 12, 20, 35)) if device else None,
            location_source=LocationSource.DEVICE if device else LocationSource.BUILDING,
            channel=self.channel,
            caller_name=self.chance.choice(words.CALLERS) if calls else "",
            caller_phone=f"1990002{self.chance.randint(0, 9999):04}" if calls else "",
            follow_code=crypto.blind_index(str(self.chance.random()), "demo").hex() if calls else "",
            home=self.stage.street.areas[STREET],
        )
        self.incident = actions.report(what, by=self._reporter(), now=at)
        if not self.fresh:
            self._go_on(at)

    def _go_on(self, at: datetime) -> None:
        stage, dice = self.stage, self.chance.random()
        if self.goal:
            stage.later(at + timedelta(minutes=6), self.take_in)
        elif self.incident.status == Status.UNCONFIRMED:
            stage.later(stage.after(at, 20 * MINUTE, 3 * HOUR), self.confirm)
        elif self.channel == Channel.FIELD and self.incident.area.is_grid and self.category.on_the_spot and dice < 0.3:
            stage.later(at + timedelta(minutes=self.chance.randint(4, 25)), self.settle)
        elif dice > 0.97:
            stage.later(stage.after(at, 10 * MINUTE, 2 * HOUR), self.reject)
        else:
            stage.later(stage.after(at, 4 * MINUTE, 110 * MINUTE), self.take_in)

    def _move(self, name: str, at: datetime, by: User, **facts: Any) -> bool:
        """Take a step; False when the ladder or an earlier step has made it impossible."""
        try:
            self.incident = actions.move(self.incident, name, by=by, now=at, **facts)
        except ValidationError:
            return False
        return True

    def confirm(self, at: datetime) -> None:
        """核实."""
        self._move("confirm", at, self.stage.worker(self.incident))
        self._go_on(at)

    def settle(self, at: datetime) -> None:
        """当场解决."""
        text = self.chance.choice(words.ON_THE_SPOT)
        self._move("self_resolve", at, self.stage.worker(self.incident), words=text)

    def reject(self, at: datetime) -> None:
        """不予受理."""
        self._move("reject", at, self.stage.desk(self.incident), words=self.chance.choice(words.REFUSED))

    def take_in(self, at: datetime) -> None:
        """受理、立案、派单 in one."""
        if self.incident.needs_triage:
            area = self.stage.street.areas[self.grid]
            self._move("place", at, self.stage.street.people["JD0002"], area=area)
        unit = self.incident.responsible or self.incident.holder
        if self.goal in ("sign", "resolve"):
            unit = self.stage.team(self.incident)
        if self._move("take_in", at, self.stage.desk(self.incident), unit=unit) and self.goal != "sign":
            slow = self.chance.random() < 0.08
            low, high = (5 * HOUR, 9 * HOUR) if slow else (8 * MINUTE, 3 * HOUR)
            quick = at + timedelta(minutes=9)
            self.stage.later(quick if self.goal else self.stage.after(at, low, high), self.sign)

    def _handler(self) -> User:
        members = self.stage.members.get(self.incident.handling_unit_id) or [self.stage.desk(self.incident)]
        return members[-1]

    def sign(self, at: datetime) -> None:
        """签收, then the work itself: mostly in time, sometimes late, now and then very late."""
        if not self._move("sign", at, self._handler()):
            return
        if self.goal:
            after = {"resolve": None, "wait": None, "hold": self.hold}.get(self.goal, self.resolve)
            if after is not None:
                self.stage.later(at + timedelta(minutes=25), after)
            return
        dice, limit = self.chance.random(), min(self.category.handle_seconds, 6 * 8 * HOUR)
        share = (0.15, 0.9) if dice < 0.8 else (1.05, 1.6) if dice < 0.94 else (2.0, 3.5)
        done = self.stage.after(at, share[0] * limit, share[1] * limit)
        if dice > 0.5:
            self.stage.later(self.stage.after(at, 0.1 * limit, 0.3 * limit), self.note)
        if dice > 0.86:
            self.stage.later(self.stage.after(at, 0.9 * limit, 1.2 * limit), self.press)
        self.stage.later(done, self.resolve)

    def note(self, at: datetime) -> None:
        """过程反馈."""
        self._move("note", at, self._handler(), words=self.chance.choice(words.PROGRESS))

    def press(self, at: datetime) -> None:
        """What others do when it takes long: urge, raise, instruct, or grant more time."""
        people = self.stage.street.people
        leader = () if self.incident.is_confidential else ("instruct",)  # who does not see what is confidential
        choice = self.chance.choice(("urge", "raise", *leader, "extension"))
        if choice == "urge":
            self._move("urge", at, people["JD0002"], words=self.chance.choice(words.URGES))
        elif choice == "raise":
            self._move("raise", at, self.stage.desk(self.incident), words=self.chance.choice(words.RAISES))
        elif choice == "instruct":
            self._move("instruct", at, people["JD0001"], words=self.chance.choice(words.INSTRUCTIONS))
        elif self.incident.status == Status.IN_PROGRESS:
            reason = self.chance.choice(words.EXTENSIONS)
            request = actions.ask(
                self.incident, "extension", reason=reason, seconds=8 * HOUR, by=self._handler(), now=at
            )
            if self.chance.random() < 0.7:
                actions.answer(request, approve=True, by=people["JD0002"], now=at + timedelta(minutes=9))

    def hold(self, at: datetime) -> None:
        """挂账: asked for and approved, so that one deadline stands still."""
        request = actions.ask(
            self.incident, "suspension", reason=words.HOLD, evidence=words.HOLD_EVIDENCE, photos=[paper.notice()],
            seconds=15 * 24 * HOUR, by=self._handler(), now=at,
        )  # fmt: skip
        office = self.stage.street.people["JD0002"]
        actions.answer(request, approve=True, by=office, now=at + timedelta(minutes=40))

    def resolve(self, at: datetime) -> None:
        """反馈."""
        text = self.chance.choice(words.RESULTS[self.category.code[:2]])
        if self._move("resolve", at, self._handler(), words=text) and self.goal != "verify":
            self.stage.later(self.stage.after(at, 10 * MINUTE, 130 * MINUTE), self.verify)

    def verify(self, at: datetime) -> None:
        """核查, by the grid's head; one in fifteen has to be done again, once."""
        head = self.stage.worker(self.incident, head=True)
        if self.chance.random() < 0.066 and not self.reworked:
            self.reworked += 1
            if self._move("rework", at, head, words=self.chance.choice(words.REWORK)):
                self.stage.later(self.stage.after(at, 1 * HOUR, 8 * HOUR), self.resolve)
        elif self._move("verify", at, head):
            self.stage.later(self.stage.after(at, 3 * MINUTE, 80 * MINUTE), self.close)

    def close(self, at: datetime) -> None:
        """结案."""
        if self.incident.status in OPEN:
            self._move("close", at, self.stage.desk(self.incident))
