"""A walk over the site as every role: the addresses that exist for somebody, and which forms were offered to whom."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from tests.architecture.url_matrix import MATRIX
from tests.fuzz.ask import ask
from tests.fuzz.ground import Doors
from tests.fuzz.pages import Form, Page

Key = tuple[str, str, tuple[str, ...]]  # name of the aim, name of the page, names of the fields
EACH = 2  # addresses of one name that are opened for one role
NEVER = {"account_logout", "accounts:end_other_sessions"}


def name_of(address: str) -> str:
    """The name of the address, "" when it leads nowhere."""
    try:
        return resolve(address.split("?")[0]).view_name
    except Resolver404:
        return ""


@dataclass
class Offers:
    """What the walk found."""

    addresses: dict[str, dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )  # name → address → roles
    forms: dict[tuple[str, str, tuple[str, ...]], dict[str, Form]] = field(
        default_factory=dict
    )  # name, page, shape → role
    keys: list[str] = field(default_factory=list)  # numbers and UUIDs that stand in addresses

    def note(self, role: str, address: str) -> bool:
        """Whether it is one more to open."""
        name = name_of(address)
        if not name or name in NEVER:
            return False
        known = self.addresses[name]
        mine = sum(role in roles for roles in known.values())
        fresh = role not in known.get(address, set())
        if fresh and mine < EACH:
            known.setdefault(address, set()).add(role)
            self.keys += [piece for piece in address.split("?")[0].split("/") if any(c.isdigit() for c in piece)]
            return True
        return False

    def offered(self, action: str) -> set[str]:
        """Roles to whom some form with this name of address was offered."""
        return {role for (name, _page, _shape), by in self.forms.items() if name == action for role in by}


def _plain() -> Iterator[str]:
    for name in MATRIX:
        try:
            yield reverse(name)
        except NoReverseMatch:
            continue


def walk(doors: Doors) -> Offers:
    """Breadth first for every role, a few addresses of each name."""
    offers = Offers()
    for role in doors:
        ahead = [address for address in _plain() if offers.note(role, address)]
        while ahead:
            address = ahead.pop(0)
            answer = ask(doors.open(role), "GET", address)
            if answer.status != 200 or not answer.text:
                continue
            page = Page(address, answer.text)
            ahead += [link for link in page.links if link.startswith("/") and offers.note(role, link)]
            for form in page.forms:
                _note_form(offers, role, name_of(address), form)
    offers.keys = sorted(set(offers.keys))
    return offers


def _note_form(offers: Offers, role: str, page: str, form: Form) -> None:
    name = name_of(form.action)
    if name and name not in NEVER:
        offers.forms.setdefault((name, page, form.shape), {}).setdefault(role, form)
