"""All that is done to incidents. Pages, API, phone and shell call these and nothing else."""

from incidents.actions.comment import comment
from incidents.actions.move import Impossible, move
from incidents.actions.report import report
from incidents.actions.request import answer, ask, take_back
from incidents.actions.reveal import reveal_reporter
from incidents.actions.supervise import answer_supervision, decide_referral, lift_supervision, open_supervision

__all__ = [
    "Impossible",
    "answer",
    "answer_supervision",
    "ask",
    "comment",
    "decide_referral",
    "lift_supervision",
    "move",
    "open_supervision",
    "report",
    "reveal_reporter",
    "take_back",
]
