"""How a resident follows a report without an account: its number and a code that only the reporter was shown.

The code comes from the report's own key, so that sending twice shows the same one; only its hash is stored.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from gridgov.accounts import lockout
from gridgov.privacy import crypto
from incidents.models import Incident

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what is mistaken for something else
LENGTH = 8


def code_of(client_id: UUID) -> str:
    """The code of the report sent with this key: "H7K2-93QM"."""
    number = int.from_bytes(crypto.blind_index(str(client_id), "incidents.follow.code"), "big")
    letters = []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[rest])
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def stored(code: str) -> str:
    """What is kept of a code; forgiving about dashes, spaces and case."""
    plain = "".join(c for c in crypto.normalise(code).upper() if c in ALPHABET)
    return crypto.blind_index(plain, "incidents.follow").hex()


def _find(number: str, code: str) -> Incident | None:
    rows = Incident.objects.filter(number=number).exclude(follow_code="").select_related("category", "holder")
    return rows.filter(follow_code=stored(code)).first()


def find(number: str, code: str, *, address: str | None, now: datetime) -> Incident | None:
    """The incident with this number and code; None when either is wrong.

    Counted before it is looked at, per network address and per number, whether there is such a number or not.
    Raises lockout.Locked.
    """
    number = number.strip()
    place = crypto.blind_index(address or "unknown", "incidents.attempts.address")
    report = crypto.blind_index(number, "incidents.attempts.number")
    lockout.count(place, limit=settings.LOCKOUT_ADDRESS, now=now)
    lockout.count(report, limit=settings.LOCKOUT_ACCOUNT, now=now)
    found = _find(number, code)
    if found is not None:
        lockout.give_back(place)
        lockout.forgive_key(report)
    return found
