"""The demo's people, offered as buttons at sign-in. Exists only while DEMO is on: the address is not even registered.

The list is a file that the demo loader writes (`write`): the database of a real office has no mark that could
open an account without its password.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, resolve_url
from django.utils.translation import get_language

from gridgov.accounts import signing_in
from gridgov.accounts.models import User


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One button: who it signs in as, and what that person does, in both languages."""

    username: str
    name: str
    role_zh: str
    role_en: str
    start_url: str = ""
    password: str = ""

    @property
    def role(self) -> str:
        """What this person does, in the reader's language."""
        return self.role_zh if (get_language() or "").startswith("zh") else self.role_en


def write(people: Iterable[DemoPerson]) -> None:
    """Replace the list, role → person; called by the demo loader. Passwords are random per installation."""
    settings.DEMO_ACCOUNTS.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({person.role_en: asdict(person) for person in people}, ensure_ascii=False, indent=1)
    settings.DEMO_ACCOUNTS.write_text(text, encoding="utf-8")


def people() -> list[DemoPerson]:
    """The listed people; none without DEMO or before the demo was loaded."""
    if not settings.DEMO or not settings.DEMO_ACCOUNTS.exists():
        return []
    return [DemoPerson(**one) for one in json.loads(settings.DEMO_ACCOUNTS.read_text(encoding="utf-8")).values()]


def enter(request: HttpRequest, username: str) -> HttpResponse:
    """Sign in as a listed person. 404 for anyone else."""
    found = next((person for person in people() if person.username == username), None)
    if found is None:
        raise Http404
    user = get_object_or_404(User, username=username, is_active=True, is_service=False)
    to = signing_in.safe_next(request) or found.start_url or resolve_url(settings.LOGIN_REDIRECT_URL)
    return signing_in.finish(request, user, to=to)
