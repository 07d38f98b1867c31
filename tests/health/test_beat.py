"""Beat goes on knocking when the clock of its machine is set back, while it runs or before it starts again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from gridgov.beat import Scheduler
from gridgov.celery import SCHEDULE, app

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
OFTEN = {name for name, (_task, seconds) in SCHEDULE.items() if seconds <= 60}


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Start a beat that writes down what it sends."""
    sent: list[str] = []
    monkeypatch.setattr(Scheduler, "apply_entry", lambda self, entry, producer=None: sent.append(entry.name))
    monkeypatch.setattr(Scheduler, "producer", None)

    def start():
        return Scheduler(app=app, schedule_filename=str(tmp_path / "beat")), sent

    return start


def run(beat, clock, seconds):
    """Let beat look as often as it wants to for so long."""
    end = time_machine_now() + timedelta(seconds=seconds)
    while time_machine_now() < end:
        clock.shift(max(0.1, beat.tick()))


def time_machine_now():
    return datetime.now(UTC)


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=30)])
def test_all_that_is_sent_often_is_sent_on_after_the_clock_went_back(started, back):
    with time_machine.travel(NOW + back, tick=False) as clock:
        beat, sent = started()
        run(beat, clock, 70)
        assert set(sent) >= OFTEN
        sent.clear()
        clock.move_to(NOW)
        run(beat, clock, 70)
        assert set(sent) >= OFTEN
        assert sent.count("clock.sweep") >= 13


def test_a_new_start_does_not_wait_for_what_its_file_calls_the_last_time(started):
    with time_machine.travel(NOW + timedelta(hours=2), tick=False) as clock:
        beat, sent = started()
        run(beat, clock, 70)
        beat.close()
        sent.clear()
        clock.move_to(NOW)
        again, sent = started()
        run(again, clock, 70)
        again.close()
    assert set(sent) >= OFTEN
