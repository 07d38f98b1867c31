"""All that is done to incidents. Pages, API, phone and shell call these and nothing else."""

from incidents.actions.comment import comment
from incidents.actions.move import move
from incidents.actions.report import report
from incidents.actions.request import answer, ask, run_on, take_back
from incidents.actions.reveal import reveal_reporter
from incidents.actions.supervise import answer_supervision, decide_referral, lift_supervision, open_supervision
from incidents.actions.views import delete_view, rename_view, restore_view, save_view

__all__ = [
    "answer",
    "answer_supervision",
    "ask",
    "comment",
    "decide_referral",
    "delete_view",
    "lift_supervision",
    "move",
    "open_supervision",
    "rename_view",
    "report",
    "restore_view",
    "reveal_reporter",
    "run_on",
    "save_view",
    "take_back",
]
