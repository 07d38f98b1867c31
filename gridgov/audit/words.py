"""Names of audited actions in words: the trail keeps codes, readers see sentences."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_words: dict[str, str | Promise] = {
    "audit.refused": _("was refused"),
    "audit.export": _("exported a log"),
    "accounts.sign_in": _("signed in"),
    "accounts.sign_out": _("signed out"),
    "accounts.session_expired": _("was signed out by time"),
    "accounts.sign_in_failed": _("sign-in failed"),
    "accounts.sign_in_refused": _("sign-in refused while locked"),
    "accounts.locked": _("locked for 15 minutes"),
    "accounts.code_failed": _("wrong second-step code"),
    "accounts.create_user": _("made a sign-in"),
    "accounts.change_contact": _("changed name or phone"),
    "accounts.disable": _("disabled a sign-in"),
    "accounts.enable": _("enabled a sign-in"),
    "accounts.issue_reset": _("gave out a one-time link"),
    "accounts.use_reset": _("set a password by link"),
    "accounts.change_password": _("changed their own password"),
    "accounts.end_session": _("signed a device out"),
    "accounts.end_other_sessions": _("signed all other devices out"),
    "accounts.clear_second_factor": _("removed somebody's second step"),
    "accounts.add_factor": _("set up the second step"),
    "accounts.remove_factor": _("removed the second step"),
    "accounts.link": _("linked an account elsewhere"),
    "accounts.unlink": _("removed a linked account"),
    "accounts.set_pin": _("set a PIN on a phone"),
    "accounts.remove_pin": _("took the PIN off a phone"),
    "accounts.pin_failed": _("wrong PIN"),
    "accounts.pin_locked": _("signed out after five wrong PINs"),
    "accounts.issue_token": _("made an API token"),
    "accounts.revoke_token": _("revoked an API token"),
    "privacy.reveal": _("saw a value in full"),
    "privacy.rotate": _("renewed the encryption"),
    "clock.calendar_seeded": _("loaded a working calendar"),
    "clock.escalated": _("a deadline rose to a higher level"),
    "clock.handed_over": _("a deadline was handed over"),
    "clock.replanned": _("a deadline was worked out again"),
    "notices.read": _("marked a message as read"),
    "notices.unread": _("marked a message as unread"),
    "notices.read_all": _("marked all messages as read"),
    "sync.make_key": _("prepared a phone for work without a signal"),
    "notices.resend": _("sent a message again"),
    "notices.resend_failed": _("sent all failed messages of a channel again"),
    "notices.cancel": _("took a waiting message back"),
    "notices.cancel_waiting": _("took back all waiting messages of a channel"),
    "notices.forget_deliveries": _("removed old entries of the delivery log"),
    "notices.try_out": _("sent a test message"),
    "notices.choose_ways": _("changed the message settings"),
    "notices.set_mailbox": _("gave an e-mail address"),
    "notices.confirm_mailbox": _("confirmed the e-mail address"),
    "notices.remove_mailbox": _("removed the e-mail address"),
    "notices.add_device": _("switched browser notifications on"),
    "notices.remove_device": _("switched browser notifications off"),
    "sync.keep": _("took in a record from a phone"),
    "sync.attach": _("took in a photo"),
    "sync.accept": _("took in a record that was kept for review"),
    "sync.discard": _("put a record aside that was kept for review"),
    "sync.put_back": _("put a record back to be reviewed"),
    "sync.detach": _("discarded a photo"),
}


def register(words: Mapping[str, str | Promise]) -> None:
    """Add what an app's actions are called; in AppConfig.ready()."""
    _words.update(words)


def word(action: str) -> str:
    """What `action` is called, or its code when nobody named it."""
    return str(_words.get(action, action))
