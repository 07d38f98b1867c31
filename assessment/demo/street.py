"""Setting the demo street up the way its administrators would: areas, buildings, units, people, a few households."""

import random
import secrets
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.utils import timezone

from assessment.demo import people as cast
from assessment.demo.ground import demo_ground
from gridgov.accounts import actions as accounts
from gridgov.accounts import demo as offered
from gridgov.accounts.models import User
from gridgov.clock.seed import seed_calendars
from grids import actions as ground
from grids.models import Area, Building
from incidents.catalogue import load_catalogue
from incidents.models import Category, Duty
from residents import actions as register
from residents.models import Resident
from teams import actions as teams
from teams.models import Unit
from teams.roles import Role

ADMINISTRATORS = (Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN, Role.OFFICE_ADMIN)
SPLIT_HALVES = (f"{cast.SPRING}004", f"{cast.SPRING}005")
LEADS = {  # key of the catalogue → who answers for it in this street
    "sanitation": "SY-HW", "maintenance": "SY-SZ", "enforcement": "ZH-CG", "property": "WY-CF", "utility": "QY-SDQ",
    "housing": "JD-ZJ", "fire": "ZH-XF", "justice": "ZH-SFS", "market": "ZH-SCJG", "welfare": "JD-MZ",
    "police": "ZH-PCS", "community": "SQ-CF",
}  # fmt: skip
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = ("建国", "秀英", "桂兰", "志强", "丽华", "小红", "文静", "国庆", "春梅", "海燕", "大勇", "雨桐", "子涵", "德福")


class Street:
    """What the loader has made so far, by code."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.since: date = timezone.localdate(now) - timedelta(days=400)
        self.areas: dict[str, Area] = {}
        self.units: dict[str, Unit] = {}
        self.people: dict[str, User] = {}
        self.buildings: dict[str, list[Building]] = {}
        self.shown: list[offered.DemoPerson] = []

    def admin(self, role: str) -> User:
        """The administrator who may do it."""
        return self.people[role]


def build(now: datetime) -> Street:
    """Everything but the incidents."""
    street = Street(now)
    seed_calendars(now=now)
    _administrators(street)
    _areas(street)
    _buildings(street)
    _units(street)
    _people(street)
    _catalogue(street)
    _duties(street)
    _households(street)
    return street


def _administrators(street: Street) -> None:
    district = next(area for area in cast.AREAS if area.code == cast.DISTRICT)
    for person in cast.PEOPLE:
        if person.role in ADMINISTRATORS:
            user, _link = teams.install_administrator(
                role=person.role, username=person.number, name=person.name, district_code=district.code,
                district_name=district.name, now=street.now,
            )  # fmt: skip
            street.people[person.role] = street.people[person.number] = user
            _offer(street, person, user)
    street.areas[cast.DISTRICT] = Area.objects.get(code=cast.DISTRICT)


def _offer(street: Street, person: cast.DemoPerson, user: User) -> None:
    if not person.offer:
        return
    password = secrets.token_urlsafe(9)
    accounts.change_password(user, password, by=user, now=street.now)
    label = Role(person.role).name.replace("_", " ").capitalize()
    start = "/field/" if person.role in (Role.WORKER, Role.GRID_HEAD) else ""
    street.shown.append(offered.DemoPerson(user.username, user.name, person.offer, label, start, password))


def _areas(street: Street) -> None:
    by = street.admin(Role.OFFICE_ADMIN)
    polygons = demo_ground().areas
    for node in cast.AREAS[1:]:
        east, south, west, north = node.borders
        parent = street.areas[node.code[:-3]]
        dedicated = node.kind == Area.Kind.GRID and node.code[-3] == "9"
        area = ground.create_area(
            parent, kind=node.kind, name=node.name, code=node.code, by=by, now=street.now,
            grid_kind=Area.GridKind.DEDICATED if dedicated else "",
            households=node.households, persons=node.persons, east=east, south=south, west=west, north=north,
        )  # fmt: skip
        street.areas[node.code] = area
        if node.code in SPLIT_HALVES:
            continue  # drawn by a plan (demo/plans.py)
        since = street.now - timedelta(days=400)
        polygon = GEOSGeometry(polygons[node.code].wkt, srid=4326)
        ground.set_boundary(area, polygon, by=by, now=street.now, since=since, source="演示数据 · 非测绘成果")


def _buildings(street: Street) -> None:
    by = street.admin(Role.OFFICE_ADMIN)
    nodes = {node.code: node for node in cast.AREAS}
    count: Counter[str] = Counter()
    for shape in demo_ground().buildings:
        node, number = nodes[shape.grid], count[shape.grid]
        count[shape.grid] += 1
        home = number < node.numbered
        name = node.buildings.format(n=node.first + number) if home else f"{node.name[:2]}路{2 * number - 1}号商铺"
        share = (node.households or 0) // max(node.numbered, 1) if home else 0
        building = ground.create_building(
            street.areas[shape.grid], name=name, by=by, now=street.now,
            code=f"{count[shape.grid]:05}", address=f"和平街道{node.name}{name}",
            point=GEOSGeometry(shape.point.wkt, srid=4326),
            footprint=GEOSGeometry(shape.footprint.wkt, srid=4326),
            entrances=3 if home else 1, floors=11 if home else 2, households=share, persons=int(share * 2.33),
        )  # fmt: skip
        street.buildings.setdefault(shape.grid, []).append(building)


def _units(street: Street) -> None:
    by = street.admin(Role.SECURITY_ADMIN)
    for unit in cast.UNITS:
        street.units[unit.code] = teams.create_unit(
            name=unit.name, kind=unit.kind, area=street.areas[unit.area], code=unit.code, is_desk=unit.desk,
            parent=street.units.get(unit.parent), phone=unit.phone, by=by, now=street.now,
        )  # fmt: skip


def _people(street: Street) -> None:
    by = street.admin(Role.SECURITY_ADMIN)
    for nth, person in enumerate(p for p in cast.PEOPLE if p.role not in ADMINISTRATORS):
        user = teams.create_person(
            username=person.number, name=person.name, phone=f"1990000{nth + 1:04}", by=by, now=street.now
        )
        street.people[person.number] = user
        teams.appoint(
            user, role=person.role, area=street.areas[person.area], unit=street.units.get(person.unit),
            since=street.since, is_head=person.head, by=by, now=street.now,
        )  # fmt: skip
        _offer(street, person, user)


def _catalogue(street: Street) -> None:
    by = street.admin(Role.OFFICE_ADMIN)
    load_catalogue(by=by, now=street.now, units={key: street.units[code] for key, code in LEADS.items()})
    Category.objects.create(
        major=Category.objects.get(code="07"), code="0799", name="演示：两分钟限办", name_en="Demo: two-minute limit",
        lead_unit=street.units["SY-HW"], clock=Category.Clock.NATURAL, handle_seconds=120,
        promise_seconds=120, phrases=["两分钟后看它变橙色"], position=99,
    )  # fmt: skip


def _duties(street: Street) -> None:
    """Where the second community has units of its own, they answer for their share."""
    for code, unit in (("0302", "WY-QS"), ("0303", "WY-QS"), ("0305", "WY-QS"), ("0605", "WY-QS"), ("0611", "SQ-QS")):
        Duty.objects.create(
            category=Category.objects.get(code=code), area=street.areas[cast.AUTUMN], unit=street.units[unit],
            basis="街道权责清单（演示）",
        )  # fmt: skip


def _households(street: Street) -> None:
    """A few homes in each general grid, entered by its worker; numbers as in docs/domain.md §3.5, region 99."""
    chance = random.Random(7)  # noqa: S311 - a demo's dice, not a secret
    for code, found in street.buildings.items():
        worker = street.people.get(f"WG{code[-4:]}")
        homes = [b for b in found if b.households]
        if worker is None or not homes:
            continue
        for _ in range(6):
            _household(street, chance.choice(homes), chance, worker)


def _household(street: Street, building: Building, chance: random.Random, by: Any) -> None:
    room = f"{chance.randint(1, 11)}0{chance.randint(1, 4)}"
    home = register.add_dwelling(building, entrance=str(chance.randint(1, 3)), room=room, by=by, now=street.now)
    household = register.add_household(home, since_on=street.since, by=by, now=street.now)
    surname = chance.choice(SURNAMES)
    for member in range(chance.choice((1, 2, 3))):
        register.add_resident(
            household, name=surname + chance.choice(GIVEN), living=Resident.Living.values[0],
            phone=f"1990001{chance.randint(0, 9999):04}" if member == 0 else "",
            birth_year=chance.randint(1938, 2008), by=by, now=street.now,
        )  # fmt: skip
