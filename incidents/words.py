"""What the timeline calls each thing that happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.clock.levels import Level
from gridgov.clock.models import Clock
from gridgov.labels.words import named as own_word
from gridgov.look import near
from incidents.capture import Capture
from incidents.models import Step
from incidents.models.catalogue import in_language
from incidents.own_grid import GUESSED, TOLD
from incidents.workflow import ASKS, MOVES, RUN_ON, STAGE_OF, Ask, Stage

PINNED = "instruct"
REPORTED = own_word("step.report", gettext_lazy("Reported"))
WAY = (Stage.ACCEPT, Stage.DISPATCH, Stage.SIGN, Stage.HANDLE, Stage.VERIFY)


@dataclass(frozen=True)
class Line:
    """One line of the timeline, ready for the page."""

    at: datetime
    what: str
    icon: str
    who: str
    text: str
    level: int = 0
    pinned: bool = False
    note: str = ""


def _escalated(step: Step) -> tuple[str, str]:
    level, stage = Level(step.data.get("level", 0)), Stage(step.data.get("stage", Stage.HANDLE))
    return _("%(level)s: %(stage)s") % {"level": level.label, "stage": stage.label}, "clock-x"


def _about_request(step: Step) -> tuple[str, str] | None:
    verb, _underscore, kind = step.move.rpartition("_")
    if kind not in Ask.values:
        return None
    if verb == "ask":
        return str(ASKS[kind].label), "hand-stop"
    label = Ask(kind).label
    known = {
        "approve": (_("Approved: %(what)s"), "check"),
        "refuse": (_("Refused: %(what)s"), "x"),
        "take_back": (_("Request taken back: %(what)s"), "arrow-back-up"),
    }
    words, icon = known.get(verb, ("%(what)s", "circle"))
    return words % {"what": label}, icon


def named(step: Step) -> tuple[str, str]:
    """(words, icon) of one step."""
    if step.move in MOVES:
        return str(MOVES[step.move].label), MOVES[step.move].icon
    if step.move == "escalated":
        return _escalated(step)
    singles = {
        "report": (str(REPORTED), "message"),
        "photo": (_("Photo added"), "camera"),
        "comment": (_("Comment"), "message"),
        "run_on": (str(RUN_ON), "clock"),
        "supervise": (_("Supervision opened by the office"), "flag"),
        "approve_referral": (_("To be taken further: approved"), "check"),
        "refuse_referral": (_("To be taken further: refused"), "x"),
        "answer_supervision": (_("Supervision answered"), "message"),
        "lift_supervision": (_("Supervision lifted"), "circle-check"),
        "ground_moved": (_("The boundaries have changed"), "map-2"),
    }
    return singles.get(step.move) or _about_request(step) or (step.move, "circle")


def line(step: Step, as_time: Callable[[datetime], str] = near) -> Line:
    """One step as the page shows it; the words are masked by the template."""
    what, icon = named(step)
    who = "" if step.by.is_service else step.by.name
    if step.unit_id and step.unit is not None and step.move not in ("report",):
        what = f"{what} → {step.unit.name}"
    if "changed" in step.data:
        before, now = in_language(*step.data["changed"][:2]), in_language(*step.data["changed"][2:])
        what = _("%(step)s: %(before)s → %(now)s") % {"step": what, "before": before, "now": now}
    level = int(step.data.get("level", 0)) if step.move == "escalated" else 0
    text, note = step.words or _where(step), _captured(step, as_time)
    return Line(step.at, what, icon, who, text, level, step.move == PINNED, note)


def _where(step: Step) -> str:
    """How a report that names no place came into its grid."""
    reasons = step.data.get("reasons", ()) if step.move == "report" else ()
    if GUESSED in reasons:
        return _("No building or position was given; taken from the reporter’s grid.")
    return _("No building or position was given; the reporter chose the grid.") if TOLD in reasons else ""


def is_guessed(steps: list[Step]) -> bool:
    """Whether the grid is still the one taken from the reporter's post: nobody has put the case into a grid since."""
    last = next((step for step in reversed(steps) if step.move in ("report", "place")), None)
    return last is not None and GUESSED in last.data.get("reasons", ())


def _captured(step: Step, as_time: Callable[[datetime], str]) -> str:
    captured = Capture.read(step.data)
    return captured.said(as_time) if captured else ""


def report_captured(steps: list[Step], as_time: Callable[[datetime], str] = near) -> str:
    """When the report was captured and received, where it waited on a phone; "" otherwise."""
    return next((_captured(step, as_time) for step in steps if step.move == "report"), "")


def timeline(steps: list[Step], as_time: Callable[[datetime], str] = near) -> list[Line]:
    """Newest first, the leaders' instructions before everything. For paper `as_time` is `exact`."""
    lines = [line(step, as_time) for step in reversed(steps)]
    return sorted(lines, key=lambda one: not one.pinned)


def way(status: str, clocks: list[Clock], now: datetime) -> list[dict[str, Any]]:
    """The stages as a bar: which are done, which runs, the natural time each took so far."""
    present = STAGE_OF.get(status)
    shown = []
    for stage in WAY:
        taken = [c for c in clocks if c.stage == stage]
        seconds = sum(((c.stopped_at or now) - c.started_at).total_seconds() for c in taken)
        here = stage == present
        shown.append({"label": stage.label, "here": here, "done": bool(taken) and not here, "took": seconds or None})
    return shown
