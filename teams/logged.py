"""What the operation log calls the writes to units, posts and exceptional rights."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "teams.create_unit": _("added a unit"),
    "teams.edit_unit": _("corrected a unit"),
    "teams.retire_unit": _("dissolved a unit"),
    "teams.reopen_unit": _("reopened a unit"),
    "teams.appoint": _("appointed a person"),
    "teams.withdraw_post": _("withdrew an appointment"),
    "teams.end_post": _("ended a post"),
    "teams.hand_over": _("handed a post over"),
    "teams.enter_leave": _("entered a leave"),
    "teams.cancel_leave": _("called a leave off"),
    "teams.grant_exception": _("granted an exceptional right"),
    "teams.add_robot": _("connected a group chat"),
    "teams.retire_robot": _("took a group robot out of use"),
    "teams.reopen_robot": _("put a group robot back to work"),
    "teams.revoke_exception": _("took back an exceptional right"),
    "teams.show_on_board": _("agreed to what the public board shows of them"),
    "teams.hide_from_board": _("took back what the public board showed of them"),
    "teams.set_board_text": _("changed the words of a public board"),
    "teams.move_unit": _("moved a unit with its ground"),
    "teams.move_post": _("moved a post with its ground"),
}
