"""Whoever reads the operation log reads words: no action that the program writes down is left as a code."""

import re
from pathlib import Path

from gridgov.audit import words
from incidents.workflow import ASKS, MOVES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("gridgov", "grids", "teams", "residents", "incidents", "assessment")
RECORDED = re.compile(r"audit\.record\(\s*\"([a-z_]+\.[a-z_]+)\"")


def recorded() -> set[str]:
    """Every action written down under a literal name, and the steps of incidents that are named by a table."""
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            found.update(RECORDED.findall(path.read_text(encoding="utf-8")))
    answers = [f"incidents.{verb}_{ask}" for ask in ASKS for verb in ("ask", "approve", "refuse", "take_back")]
    return found | {f"incidents.{name}" for name in MOVES} | set(answers)


def test_every_recorded_action_has_its_words():
    found = recorded()
    assert len(found) > 80
    assert sorted(action for action in found if words.word(action) == action) == []
