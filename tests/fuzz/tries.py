"""Requests made from what was found: a label says role, method, address or form, and number; the seed does the rest."""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import URLPattern, get_resolver, resolve

from gridgov.accounts.models import User
from grids.models import Area, Asset, BoundaryPlan, Building, Place
from incidents.models import Campaign, Incident
from tests.architecture.url_matrix import MATRIX, POST_ONLY, PUBLIC, SIGNED_IN
from tests.fuzz import hostile
from tests.fuzz.ask import Answer, Body, ask, form_body
from tests.fuzz.ground import STRANGER, Doors
from tests.fuzz.offers import Offers, name_of
from tests.fuzz.pages import Form

SHARE = 20.0  # seconds for one address that is slow
ROOMS = ("gridgov", "grids", "teams", "residents", "incidents", "assessment")
ASKED = re.compile(r"""GET(?:\.get|\.getlist)?[(\[]["'](\w+)|_(?:day|number|choice)\(request, ["'](\w+)""")
# Whose row an address speaks of, where "may this person see it?" can be asked apart from the page (residents are under
# row security, which hides everything outside a request).
OWNED: dict[str, Any] = {
    "area_id": Area,
    "street": Area,
    "building_id": Building,
    "places": Place,
    "assets": Asset,
    "plans": BoundaryPlan,
    "incidents:detail": Incident,
    "incidents:sheet": Incident,
    "incidents:field_case": Incident,
    "incidents:background": Incident,
    "incidents:campaign": Campaign,
}
JSON = (
    b"",
    b"[]",
    b"{}",
    b"null",
    b'"text"',
    b"[" * 20_000,
    b'{"a": NaN}',
    b'{"a": 1e999}',
    b"\xff\xfe",
    b'{"a": "\\ud800"}',
    b'{"a": 1, "a": 2}',
)


@dataclass
class Try:
    """One request and its answer."""

    label: str
    role: str
    method: str
    name: str
    address: str
    answer: Answer
    user: User | None
    offered: set[str]

    def hole(self) -> str:
        """Why this answer should not have been given; empty when it may."""
        if self.method == "GET":
            return self._shown()
        if self.answer.wrote and self.role not in self.offered and not self._allowed():
            return "wrote " + ", ".join(self.answer.wrote)
        return ""

    def _allowed(self) -> bool:
        """By the table: the address is anybody's, or this role may open its page."""
        rule = MATRIX[self.name].rule if self.name in MATRIX else ""
        return self.role in rule if isinstance(rule, frozenset) else rule == PUBLIC

    def _shown(self) -> str:
        line = MATRIX.get(self.name)
        if line is None or self.answer.status not in {200, 204}:
            return ""
        if self.user is None:
            return "" if line.rule == PUBLIC else "shown to somebody who is not signed in"
        if line.rule in (PUBLIC, SIGNED_IN, POST_ONLY):
            return ""
        if line.rule and not line.args and self.role not in line.rule:  # an empty one says: not without a question
            return "shown against the table"
        return self._anothers()

    def _anothers(self) -> str:
        match = resolve(self.address.split("?")[0])
        for key, value in match.kwargs.items():
            model = OWNED.get(key) or OWNED.get(match.namespace or "") or OWNED.get(self.name)
            if model is None or not isinstance(value, int | UUID):
                continue
            if not model.objects.visible_to(self.user).filter(pk=value).exists():
                return f"another's {model.__name__} shown"
        return ""


def patterns(entries: list[Any], space: str = "", path: str = "") -> Iterator[tuple[str, str]]:
    """Name and route of every address."""
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield space + str(entry.name or entry.pattern), path + str(entry.pattern)
        else:
            inner = space + (f"{entry.namespace}:" if entry.namespace else "")
            yield from patterns(entry.url_patterns, inner, path + str(entry.pattern))


class Tries:
    """Labels in order, and the request that belongs to a label."""

    def __init__(self, doors: Doors, offers: Offers, seed: int) -> None:
        self.doors, self.offers, self.seed = doors, offers, seed
        self.routes = dict(patterns(get_resolver().url_patterns))
        self.forms = sorted(offers.forms)
        self.near = [key.encode() for key in offers.keys]
        self.questions = self._questions()
        self.took: dict[str, list[float]] = defaultdict(list)

    def _questions(self) -> list[str]:
        sources = [p.read_text() for room in ROOMS for p in (settings.BASE_DIR / room).rglob("*.py")]
        names = {a or b for text in sources for a, b in ASKED.findall(text)}
        asked = {
            key
            for addresses in self.offers.addresses.values()
            for a in addresses
            for key in re.findall(r"[?&](\w+)=", a)
        }
        fields = {name for _n, _p, shape in self.forms for name in shape if name.isidentifier()}
        return sorted(names | asked | fields)

    def slow(self, name: str) -> bool:
        """Whether an address has had its share of the time: paper takes seconds, and there is much else to try."""
        took = self.took[name]
        return sum(took) > SHARE and sum(took) / len(took) > 0.3

    def labels(self, nth: int) -> Iterator[str]:
        """Everything once more, with other values."""
        for role in self.doors:
            for name in sorted(self.routes):
                if not self.slow(name):
                    yield f"{role} GET {name} {nth}"
            for number, (name, _page, _shape) in enumerate(self.forms):
                if not self.slow(name):
                    yield f"{role} POST {name} #{number} {nth}"
            for name in sorted(self.routes):
                if name.startswith(("api:", "sync_api:", "plans:", "operation:")):
                    yield f"{role} PUT {name} {nth}"

    def again(self, label: str) -> Try:
        """The request of this label."""
        role, method, name, *rest = label.split(" ")
        chance = Random(f"{self.seed} {label}")  # chosen, not secret
        if method == "GET":
            return self._send(label, role, "GET", self._address(name, chance, asking=True))
        if method == "PUT":
            return self._document(label, role, name, chance)
        key = self.forms[int(rest[0][1:])]
        by = self.offers.forms[key]
        form = by.get(role) or by[sorted(by)[int(rest[1]) % len(by)]]
        if int(rest[1]) == 0:  # as it stands there, by whomever: what a stranger may do with it
            body: Body = [(f.name, v.encode()) for f in form.fields.values() for v in f.plain()]
        else:
            body = self._spoilt(form, chance)
        content, kind = form_body(body)
        return self._send(label, role, "POST", form.action, content, kind)

    def _send(self, label: str, role: str, method: str, address: str, body: bytes = b"", kind: str = "") -> Try:
        name = name_of(address)
        began = time.monotonic()
        answer = ask(self.doors.open(role), method, address, body, kind)
        self.took[name].append(time.monotonic() - began)
        user = None if role == STRANGER else self.doors.users[role]
        return Try(label, role, method, name, address, answer, user, self.offers.offered(name))

    def _address(self, name: str, chance: Random, *, asking: bool) -> str:
        known = sorted(self.offers.addresses.get(name, {}))
        if known and chance.random() < 0.7:
            address = chance.choice(known)
        else:
            address = "/" + re.sub(r"<[^>]+>", lambda _m: self._piece(chance), self.routes[name]).replace(
                "\\", ""
            ).strip("^$")
        if asking and chance.random() < 0.7:
            address = address.split("?")[0] + "?" + hostile.query(chance, self.questions)
        return address

    def _piece(self, chance: Random) -> str:
        if self.near and chance.random() < 0.6:
            return chance.choice(self.near).decode()
        return hostile.segment(chance)

    def _spoilt(self, form: Form, chance: Random) -> Body:
        """The form as somebody would send it, with one to three fields spoilt."""
        names = sorted(form.fields)
        wrong = set(chance.sample(names, min(len(names), chance.choice((1, 1, 2, 3))))) if names else set()
        body: Body = []
        for name in names:
            field = form.fields[name]
            values: Body = [(name, value.encode()) for value in field.plain()]
            if name in wrong:
                values = self._wrong(name, field.sort, values, chance)
            elif field.sort == "file":
                values = [(name, hostile.upload(chance))]
            body += values
        return body

    def _wrong(self, name: str, sort: str, values: Body, chance: Random) -> Body:
        how = chance.randrange(5)
        if how == 0:
            return []
        if how == 1:
            return values * 2
        if sort == "file":
            return [(name, hostile.upload(chance))]
        return [(name, hostile.value(chance, self.near)) for _ in range(chance.choice((1, 1, 2)))]

    def _document(self, label: str, role: str, name: str, chance: Random) -> Try:
        """A JSON body, or none at all, by the methods that programs use."""
        method = chance.choice(("POST", "PUT", "PATCH", "DELETE"))
        fields = chance.sample(self.questions, 3)
        said = {
            key: chance.choice((None, [], {}, -1, 10**400, True, chance.choice(self.near).decode(), "\u202e😀"))
            for key in fields
        }
        body = chance.choice((*JSON, json.dumps(said).encode()))
        return self._send(label, role, method, self._address(name, chance, asking=False), body, "application/json")
