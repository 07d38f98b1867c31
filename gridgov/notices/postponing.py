"""When a message may leave for a person: rooms above register what holds it back (quiet hours, days off, leave).

The inbox is never held back, and neither is a clock: only what would ring on somebody's phone.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from gridgov.accounts.models import User

# (people, code of the message, urgent, now) → the person's key and the instant before which nothing is sent.
# People who may be told at once are left out. Asked once for all of one message, so that it can be one query.
Policy = Callable[[Collection[User], str, bool, datetime], Mapping[int, datetime]]
_policies: list[Policy] = []


def register(policy: Policy) -> None:
    """Add a rule, in AppConfig.ready()."""
    if policy not in _policies:
        _policies.append(policy)


def not_before(users: Collection[User], *, code: str, urgent: bool, now: datetime) -> dict[int, datetime]:
    """The instant before which each of `users` is left in peace; the latest answer of all rules holds.

    Who is missing may be told at once. `urgent` is handed on: it is the rule that knows what an emergency is.
    """
    held: dict[int, datetime] = {}
    for policy in _policies:
        for key, until in policy(users, code, urgent, now).items():
            if until > max(now, held.get(key, now)):
                held[key] = until
    return held
