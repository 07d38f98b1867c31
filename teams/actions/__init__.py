"""All writes about people, units and posts."""

from teams.actions.exceptions import grant_exception, revoke_exception
from teams.actions.leave import cancel_leave, enter_leave
from teams.actions.people import (
    create_person,
    disable_person,
    edit_person,
    enable_person,
    install_administrator,
    reset_password,
)
from teams.actions.posts import announce_ended, appoint, end_post, hand_over, withdraw_post
from teams.actions.units import create_unit, edit_unit, reopen_unit, retire_unit

__all__ = [
    "announce_ended",
    "appoint",
    "cancel_leave",
    "create_person",
    "create_unit",
    "disable_person",
    "edit_person",
    "edit_unit",
    "enable_person",
    "end_post",
    "enter_leave",
    "grant_exception",
    "hand_over",
    "install_administrator",
    "reopen_unit",
    "reset_password",
    "retire_unit",
    "revoke_exception",
    "withdraw_post",
]
