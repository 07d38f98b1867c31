"""The demo street, a second street beside it, and somebody signed in for every role."""

import tempfile
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from gridgov.accounts.models import User
from grids.models import Area, Building
from teams.models import Unit
from teams.roles import Role
from tests import factories as f

# As the table of addresses names them (tests/architecture/url_matrix.py) → staff number in the demo.
PEOPLE = {
    "worker": "WG1001",
    "lead": "WZ1001",
    "desk": "SQ0001",
    "autumn_desk": "SQ0002",
    "office": "JD0002",
    "leader": "JD0001",
    "officer": "JD0004",
    "section_head": "JD0005",
    "unit_staff": "BM0002",
    "other_unit_staff": "BM0003",
    "system_admin": "GL0001",
    "security_admin": "GL0002",
    "audit_admin": "GL0003",
    "office_admin": "GL0004",
    "other_office": "FUZZ1",
    "outsider": "FUZZ2",
}
STRANGER = "stranger"
SIGNED_IN_FOR = 240  # seconds until the sessions are made anew: delicate pages ask for the password again after a while


def load() -> None:
    """The demo, and what "another area's" can be; nothing when it is there already."""
    if User.objects.filter(username="FUZZ2").exists():
        return
    settings.DEMO_ACCOUNTS = Path(tempfile.gettempdir()) / "fuzz-accounts.json"
    call_command("demo", verbosity=0)
    settings.DEMO_ACCOUNTS.unlink(missing_ok=True)
    district = Area.objects.get(kind=Area.Kind.DISTRICT)
    street = f.make_area(Area.Kind.STREET, district, "光明街道", code="990101777")
    community = f.make_area(Area.Kind.COMMUNITY, street, "朝阳社区", code="990101777001")
    grid = f.make_area(Area.Kind.GRID, community, "朝阳第一网格", code="990101777001001")
    office = f.make_unit(street, Unit.Kind.SECTION, "光明街道网格办", is_desk=True)
    f.make_post(f.make_person("吕光明", username="FUZZ1"), Role.OFFICE, street, office)
    f.make_person("施无岗", username="FUZZ2")
    f.make_place(grid, "光明小店")
    f.make_asset(grid, "9901010118777777")
    Building.objects.create(area=grid, area_path=grid.path, name="朝阳1号楼")


class Doors:
    """A client for every role, its session made anew in time."""

    def __init__(self) -> None:
        self.users = {role: User.objects.get(username=number) for role, number in PEOPLE.items()}
        self._clients: dict[str, tuple[float, Client]] = {}

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter((STRANGER, *self.users))

    def open(self, role: str) -> Client:
        """Somebody of this role, or nobody."""
        made, client = self._clients.get(role, (0.0, Client()))
        if time.monotonic() - made > SIGNED_IN_FOR or not made:
            client = Client(raise_request_exception=False)
            if role != STRANGER:
                client.force_login(self.users[role], backend="gridgov.accounts.backends.StaffBackend")
                session = client.session
                session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
                session.save()
            self._clients[role] = (time.monotonic(), client)
        return client
