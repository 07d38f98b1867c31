"""Slows guessing down: per account and per address, never for everybody (docs/domain.md §4.2).

An attempt is counted *before* the password is looked at and forgiven when it was right, so that a hundred
attempts at once get no more guesses than a hundred in a row. The counters lie in the database: losing Redis
gives an attacker nothing.
"""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from gridgov.accounts.models import Attempts, User
from gridgov.privacy import crypto

WINDOW = timedelta(minutes=15)


class Locked(Exception):
    """Too many attempts; `minutes` says how long to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


def account_key(user: User | None, typed: str) -> bytes:
    """One counter per person whatever they typed; an unknown name has its own, so both answer alike."""
    text = f"user:{user.pk}" if user is not None else f"typed:{typed}"
    return crypto.blind_index(text, "accounts.attempts.account")


def factor_key(user: User) -> bytes:
    """One counter per person for codes."""
    return crypto.blind_index(f"user:{user.pk}", "accounts.attempts.factor")


def address_key(address: str | None) -> bytes:
    """One counter per network address."""
    return crypto.blind_index(address or "unknown", "accounts.attempts.address")


def count(key: bytes, *, limit: int, now: datetime) -> bool:
    """Count one attempt; True when it is the last one before the lock. Raises Locked."""
    with transaction.atomic():
        Attempts.objects.bulk_create([Attempts(key=key, last_at=now)], ignore_conflicts=True)
        row = Attempts.objects.select_for_update().get(key=key)
        if row.locked_until and row.locked_until > now:
            raise Locked(math.ceil((row.locked_until - now) / timedelta(minutes=1)))
        row.count = 1 if row.locked_until or row.last_at <= now - WINDOW else row.count + 1
        row.locked_until = now + WINDOW if row.count >= limit else None
        row.last_at = now
        row.save(update_fields=["count", "locked_until", "last_at"])
        return row.locked_until is not None


def begin(user: User | None, typed: str, address: str | None, *, now: datetime) -> bool:
    """Count one sign-in attempt on both counters. Raises Locked; True when a failure now means a lock."""
    by_address = count(address_key(address), limit=settings.LOCKOUT_ADDRESS, now=now)
    return count(account_key(user, typed), limit=settings.LOCKOUT_ACCOUNT, now=now) or by_address


def begin_factor(user: User, *, now: datetime) -> None:
    """Count one try of a second-factor code. Its own counter: a right password must not forgive wrong codes."""
    count(factor_key(user), limit=settings.LOCKOUT_ACCOUNT, now=now)


def forgive_key(key: bytes) -> None:
    """Remove one counter: what was tried was right. Other modules count with `count` under keys of their own (pins)."""
    Attempts.objects.filter(key=key).delete()


def give_back(key: bytes) -> None:
    """One attempt was right; what else was counted there, of other people perhaps, stays."""
    Attempts.objects.filter(key=key).update(count=Greatest(F("count") - 1, 0), locked_until=None)


def forgive_factor(user: User) -> None:
    """The code was right."""
    forgive_key(factor_key(user))


def forgive(user: User, address: str | None) -> None:
    """The password was right: the account starts anew, the address gets this one attempt back."""
    forgive_account(user)
    give_back(address_key(address))


def forgive_account(user: User) -> None:
    """Forget the failures of one account (a right password, or a reset by the office)."""
    forgive_key(account_key(user, ""))


def clear(*, now: datetime) -> int:
    """Remove counters that no longer count; answers how many."""
    return Attempts.objects.filter(last_at__lt=now - 2 * WINDOW).delete()[0]
