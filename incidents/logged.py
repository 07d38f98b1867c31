"""What the operation log calls the steps of incidents and the writes to the catalogue."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from incidents.workflow import ASKS, MOVES, RUN_ON, Ask

_ANSWERS = {
    "approve": _("approved: {what}"),
    "refuse": _("refused: {what}"),
    "take_back": _("took back a request: {what}"),
}

WORDS: dict[str, str | Promise] = {
    "incidents.comment": _("commented on an incident"),
    "incidents.report": _("reported an incident"),
    "incidents.run_on": RUN_ON,
    "incidents.draft_campaign": _("drafted a campaign"),
    "incidents.publish_campaign": _("published a campaign"),
    "incidents.withdraw_campaign": _("took a campaign back"),
    "incidents.end_campaign": _("ended a campaign"),
    "incidents.reopen_campaign": _("reopened a campaign"),
    "incidents.discard_campaign": _("discarded a draft of a campaign"),
    "incidents.check_target": _("looked at an object of a campaign"),
    "incidents.export_burden": _("exported the burden ledger"),
    "incidents.move_duty": _("moved a duty with its ground"),
    "incidents.follow_plan": _("moved an incident with its ground"),
    "incidents.supervise": _("opened a supervision"),
    "incidents.approve_referral": _("approved taking an incident further"),
    "incidents.refuse_referral": _("refused to take an incident further"),
    "incidents.answer_supervision": _("answered a supervision"),
    "incidents.lift_supervision": _("lifted a supervision"),
    "incidents.export": _("exported a ledger"),
    "incidents.import": _("imported incidents"),
    "incidents.create_category": _("added a category"),
    "incidents.change_category": _("changed a category"),
    "incidents.change_limits": _("changed the limits"),
    "incidents.change_audience": _("changed who is told of what is late"),
    "incidents.load_catalogue": _("loaded the catalogue"),
    "incidents.rename_labels": _("renamed labels"),
    "incidents.add_duty": _("added a line to the duty list"),
    "incidents.save_view": _("saved a view of the list"),
    "incidents.rename_view": _("renamed a saved view"),
    "incidents.delete_view": _("deleted a saved view"),
    "incidents.restore_view": _("brought back a saved view"),
    "incidents.remove_duty": _("removed a line of the duty list"),
}
WORDS.update({f"incidents.{name}": move.label for name, move in MOVES.items()})
WORDS.update({f"incidents.ask_{kind}": spec.label for kind, spec in ASKS.items()})
WORDS.update(
    {
        f"incidents.{verb}_{kind}": format_lazy(words, what=kind.label)
        for verb, words in _ANSWERS.items()
        for kind in Ask
    }
)
