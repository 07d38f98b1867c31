"""All writes about people, units, posts and duty."""

from teams.actions.duty import (
    accept_hand_over,
    hand_over_shift,
    refuse_hand_over,
    withdraw_hand_over,
    write_log,
)
from teams.actions.exceptions import grant_exception, revoke_exception
from teams.actions.leave import cancel_leave, enter_leave
from teams.actions.people import (
    create_person,
    disable_person,
    edit_person,
    enable_person,
    install_administrator,
    reset_password,
    unlink_account,
)
from teams.actions.posts import announce_ended, appoint, end_post, hand_over, withdraw_post
from teams.actions.roster import (
    add_shift,
    change_shift,
    copy_week,
    plan_turn,
    publish_month,
    remind_of_roster,
    reopen_shift,
    retire_shift,
    rotate,
    swap,
    withdraw_month,
)
from teams.actions.tasks import decide_task, log_refusal
from teams.actions.units import create_unit, edit_unit, reopen_unit, retire_unit

__all__ = [
    "accept_hand_over",
    "add_shift",
    "announce_ended",
    "appoint",
    "cancel_leave",
    "change_shift",
    "copy_week",
    "create_person",
    "create_unit",
    "decide_task",
    "disable_person",
    "edit_person",
    "edit_unit",
    "enable_person",
    "end_post",
    "enter_leave",
    "grant_exception",
    "hand_over",
    "hand_over_shift",
    "install_administrator",
    "log_refusal",
    "plan_turn",
    "publish_month",
    "refuse_hand_over",
    "remind_of_roster",
    "reopen_shift",
    "reopen_unit",
    "reset_password",
    "retire_shift",
    "retire_unit",
    "revoke_exception",
    "rotate",
    "swap",
    "unlink_account",
    "withdraw_hand_over",
    "withdraw_month",
    "withdraw_post",
    "write_log",
]
