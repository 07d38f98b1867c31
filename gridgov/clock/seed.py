"""What every street begins with: office hours with the public arrangement, natural time, and the two ladders."""

import csv
from datetime import datetime
from pathlib import Path

from django.db import transaction

from gridgov.audit import actions as audit
from gridgov.clock.calendars import NATURAL
from gridgov.clock.ladder import DEFAULTS, as_json
from gridgov.clock.ladders import EMERGENCY, STANDARD
from gridgov.clock.models import CalendarVersion, Ladder, LadderVersion, WorkCalendar

OFFICE = "office"
ARRANGEMENT = Path(__file__).parent / "data" / "cn_exceptions_2024_2026.csv"
OFFICE_HOURS = [[8 * 60, 12 * 60], [14 * 60, 18 * 60]]  # docs/domain.md §1.7
LADDER_NAMES = {STANDARD: "一般事项", EMERGENCY: "突发事件"}
LABELS = {"open": "调休上班", "closed": "放假"}


def _exceptions() -> dict[str, dict]:
    with ARRANGEMENT.open(newline="") as file:
        return {
            row["date"]: {"segments": OFFICE_HOURS if row["kind"] == "open" else [], "label": LABELS[row["kind"]]}
            for row in csv.DictReader(file)
        }


def _seed_ladders(now: datetime) -> None:
    for code, rungs in DEFAULTS.items():
        ladder, new = Ladder.objects.get_or_create(code=code, defaults={"name": LADDER_NAMES[code]})
        if new:
            LadderVersion.objects.create(ladder=ladder, number=1, steps=as_json(rungs), created_at=now)
            audit.record("clock.ladder_seeded", ladder, by=None, at=now)


@transaction.atomic
def seed_calendars(*, now: datetime) -> list[WorkCalendar]:
    """Make the office calendar (2024–2026 entered), natural time and the ladders where missing; change nothing else."""
    made = []
    _seed_ladders(now)
    office, new = WorkCalendar.objects.get_or_create(code=OFFICE, defaults={"name": "街道办公时间", "is_default": True})
    if new:
        exceptions = _exceptions()
        CalendarVersion.objects.create(
            calendar=office,
            number=1,
            weekly=[OFFICE_HOURS] * 5 + [[], []],
            exceptions=exceptions,
            years=sorted({int(day[:4]) for day in exceptions}),
            created_at=now,
        )
        made.append(office)
    natural, new = WorkCalendar.objects.get_or_create(code=NATURAL, defaults={"name": "自然时间", "is_always": True})
    if new:
        CalendarVersion.objects.create(calendar=natural, number=1, weekly=[[[0, 1440]]] * 7, created_at=now)
        made.append(natural)
    for calendar in made:
        audit.record("clock.calendar_seeded", calendar, by=None, at=now)
    return made
