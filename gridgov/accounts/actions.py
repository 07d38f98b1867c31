"""Every change to a sign-in. Whether `by` may do it is asked above, by the room that knows posts (teams)."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gridgov.accounts import lockout
from gridgov.accounts.models import ApiToken, PasswordReset, PastPassword, User, token_hash
from gridgov.audit import actions as audit
from gridgov.privacy import crypto
from gridgov.privacy.masks import contains_personal

RESET_LIFETIME = timedelta(hours=24)
PASSWORDS_REMEMBERED = 5
PHONE = re.compile(r"1\d{10}|\+\d{8,15}|0?[2-9]\d{6,11}")  # a mobile phone, one of another country, a landline


class ResetRefused(Exception):
    """The one-time link is unknown, used, replaced by a newer one, or too old."""


@dataclass(frozen=True, slots=True)
class IssuedReset:
    """What the office hands over, once: nobody can read the token again."""

    token: str
    expires_at: datetime


@transaction.atomic
def create_user(
    username: str, name: str, *, phone: str = "", password: str | None = None, by: Any, now: datetime
) -> User:
    """A new sign-in. Without `password` nobody can use it until a one-time link sets one; a given one must be changed.

    Raises ValidationError for a staff number or phone that is taken, or a staff number that looks like a phone.
    """
    username = crypto.normalise(username)
    if not username or not name.strip():
        raise ValidationError({"name" if username else "username": _("A person needs a staff number and a name.")})
    if contains_personal(username):
        raise ValidationError({"username": _("A phone number cannot be a staff number.")})
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": _("This staff number is taken.")})
    user = User(username=username, name=name.strip(), must_change_password=password is not None)
    _require_free_phone(user, phone)
    user.set_phone(phone)
    if password is not None:
        validate_password(password, user)
    user.password = make_password(password)
    user.password_changed_at = now
    user.save(force_insert=True)
    audit.record("accounts.create_user", user, by=by, at=now)
    return user


def _require_free_phone(user: User, phone: str) -> None:
    if phone and not PHONE.fullmatch(re.sub(r"[\s()-]", "", crypto.normalise(phone))):
        raise ValidationError({"phone": _("This is not a phone number.")})
    index = crypto.blind_index(phone, "accounts.user.phone")
    if phone and User.objects.filter(phone_index=index).exclude(pk=user.pk).exists():
        raise ValidationError({"phone": _("Somebody else already signs in with this phone number.")})


@transaction.atomic
def change_contact(user: User, *, name: str, phone: str | None, by: Any, now: datetime) -> User:
    """Correct a person's name and sign-in phone; None keeps the phone, "" removes it."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.name = name.strip()
    if phone is not None:
        _require_free_phone(locked, phone)
        locked.set_phone(phone)
    locked.save(update_fields=["name", "phone", "phone_index"])
    audit.record("accounts.change_contact", locked, by=by, at=now)
    return locked


@transaction.atomic
def disable(user: User, *, by: Any, now: datetime) -> User:
    """Nobody signs in with this any more; sessions, API tokens and one-time links end at once."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    ApiToken.objects.filter(user=locked, revoked_at=None).update(revoked_at=now)
    PasswordReset.objects.filter(user=locked, used_at=None).delete()
    _end_sessions(locked)
    audit.record("accounts.disable", locked, by=by, at=now)
    return locked


@transaction.atomic
def enable(user: User, *, by: Any, now: datetime) -> User:
    """Give a disabled sign-in back, with its old password and second factor."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    audit.record("accounts.enable", locked, by=by, at=now)
    return locked


@transaction.atomic
def issue_reset(user: User, *, by: Any, now: datetime) -> IssuedReset:
    """A single-use link (24 h) to set a new password; earlier links of this person stop working.

    The old password still works until the link is used: who fears misuse disables the sign-in.
    """
    PasswordReset.objects.filter(user=user, used_at=None).delete()
    issued = IssuedReset(secrets.token_urlsafe(16), now + RESET_LIFETIME)
    PasswordReset.objects.create(
        user=user, token_hash=token_hash(issued.token), issued_by=by, issued_at=now, expires_at=issued.expires_at
    )
    audit.record("accounts.issue_reset", user, by=by, at=now)
    return issued


@transaction.atomic
def use_reset(token: str, password: str, *, now: datetime) -> User:
    """Set a new password by a one-time link. Raises ResetRefused, or ValidationError for a poor password."""
    reset = PasswordReset.objects.select_for_update().filter(token_hash=token_hash(token)).first()
    if reset is None or reset.used_at or reset.expires_at <= now or not reset.user.is_active:
        raise ResetRefused
    user = User.objects.select_for_update().get(pk=reset.user_id)
    _set_password(user, password, now=now)
    reset.used_at = now
    reset.save(update_fields=["used_at"])
    lockout.forgive_account(user)
    audit.record("accounts.use_reset", user, by=user, at=now)
    return user


@transaction.atomic
def change_password(user: User, password: str, *, by: Any, now: datetime) -> User:
    """Set a new password for oneself; every session ends (the caller keeps the present one alive)."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    _set_password(locked, password, now=now)
    audit.record("accounts.change_password", locked, by=by, at=now)
    return locked


def _set_password(user: User, password: str, *, now: datetime) -> None:
    validate_password(password, user)
    if settings.SECURITY_PROFILE == "dengbao3" and user.has_usable_password():
        PastPassword.objects.create(user=user, password=user.password, replaced_at=now)
        kept = PastPassword.objects.filter(user=user).order_by("-replaced_at").values("pk")[:PASSWORDS_REMEMBERED]
        PastPassword.objects.filter(user=user).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    user.set_password(password)
    user.must_change_password = False
    user.password_changed_at = now
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
    _end_sessions(user)


def _end_sessions(user: User, *, keep: str = "") -> None:
    if not keep:
        User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
        user.refresh_from_db(fields=["session_epoch"])
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep)
    Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    rows.delete()


@transaction.atomic
def end_session(user: User, session_id: int, *, by: Any, now: datetime) -> bool:
    """Sign one device of `user` out; False when it was signed out already."""
    row = UserSession.objects.filter(user=user, pk=session_id).first()
    if row is None:
        return False
    Session.objects.filter(session_key=row.session_key).delete()
    row.delete()
    audit.record("accounts.end_session", user, by=by, at=now)
    return True


@transaction.atomic
def end_other_sessions(user: User, *, keep: str, by: Any, now: datetime) -> None:
    """Sign every device of `user` out but the one whose session key is `keep`."""
    _end_sessions(user, keep=keep)
    audit.record("accounts.end_other_sessions", user, by=by, at=now)


@transaction.atomic
def clear_second_factor(user: User, *, by: Any, now: datetime) -> None:
    """Take the second factor off, for somebody who lost the phone; every session ends."""
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    audit.record("accounts.clear_second_factor", user, by=by, at=now)


@transaction.atomic
def issue_token(user: User, *, label: str = "", by: Any, now: datetime) -> str:
    """A new API token, to be shown once."""
    token = f"ggt_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(user=user, token_hash=token_hash(token), label=label, created_at=now)
    audit.record("accounts.issue_token", row, by=by, at=now, user=user.pk)
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Any, now: datetime) -> None:
    """The token stops working at once."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    audit.record("accounts.revoke_token", token, by=by, at=now, user=token.user_id)
