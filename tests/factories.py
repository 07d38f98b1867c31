"""Rows for tests, written straight through the ORM: fast, and without the checks that actions are tested for."""

from datetime import date, datetime
from itertools import count
from typing import Any

from gridgov.accounts.models import User
from gridgov.clock.seed import seed_calendars
from gridgov.dbtime import database_now
from grids.models import Area, Asset, Building, Place, segment
from incidents.actions.report import Report, report
from incidents.models import Category, Incident
from teams.actions.patrol_plans import Rule, Stop, create_plan, create_route
from teams.models import Assignment, Unit

LONG_AGO = date(2024, 1, 1)
_numbers = count(1)


def area(kind: str, name: str, code: str, parent: Area | None = None, *, nth: int | None = None, **more: Any) -> Area:
    """An unsaved Area as child number `nth` of `parent`; give parents before children to `Area.objects.bulk_create`."""
    number = next(_numbers) + 1000 if nth is None else nth
    path = (parent.path if parent else "") + segment(number)
    if kind == Area.Kind.GRID:
        more.setdefault("grid_kind", Area.GridKind.GENERAL)
    return Area(kind=kind, name=name, code=code, parent=parent, path=path, **more)


def make_area(kind: str = Area.Kind.GRID, parent: Area | None = None, name: str = "", **more: Any) -> Area:
    """A saved Area with a made-up code."""
    number = next(_numbers)
    made = area(kind, name or f"区域{number}", more.pop("code", f"t{number:08d}"), parent, **more)
    made.save()
    return made


def unit(code: str, name: str, kind: str, where: Area, **more: Any) -> Unit:
    """An unsaved Unit."""
    return Unit(code=code, name=name, kind=kind, area=where, area_path=where.path, **more)


def make_unit(where: Area, kind: str = Unit.Kind.SECTION, name: str = "", **more: Any) -> Unit:
    """A saved Unit with a made-up code."""
    number = next(_numbers)
    made = unit(more.pop("code", f"t{number}"), name or f"单位{number}", kind, where, **more)
    made.save()
    return made


def person(username: str, name: str, phone: str = "", **more: Any) -> User:
    """An unsaved User who cannot sign in with a password (tests use `sign_in`)."""
    made = User(username=username, name=name, password="!", **more)
    if phone:
        made.set_phone(phone)
    return made


def make_person(name: str = "", phone: str = "", **more: Any) -> User:
    """A saved User with a made-up staff number."""
    number = next(_numbers)
    made = person(more.pop("username", f"t{number}"), name or f"测试{number}", phone, **more)
    made.save()
    return made


def post(
    user: User, role: str, where: Area, for_unit: Unit | None = None, since: date = LONG_AGO, **more: Any
) -> Assignment:
    """An unsaved post."""
    return Assignment(user=user, role=role, area=where, area_path=where.path, unit=for_unit, since=since, **more)


def make_post(user: User, role: str, where: Area, for_unit: Unit | None = None, **more: Any) -> Assignment:
    """A saved post."""
    made = post(user, role, where, for_unit, **more)
    made.save()
    return made


def make_building(grid: Area, name: str = "", **more: Any) -> Building:
    """A saved Building in `grid`."""
    made = Building(area=grid, area_path=grid.path, name=name or f"{next(_numbers)}号楼", **more)
    made.save()
    return made


def make_place(grid: Area, name: str = "", **more: Any) -> Place:
    """A saved small shop in `grid`."""
    facts = {"kind": "small_shop", "created_at": database_now(), **more}
    made = Place(area=grid, area_path=grid.path, name=name or f"小店{next(_numbers)}", **facts)
    made.save()
    return made


def make_asset(grid: Area, code: str = "", **more: Any) -> Asset:
    """A saved street lamp in `grid`."""
    number = code or f"9901010118{next(_numbers):06d}"
    facts = {"kind": number[6:10], "created_at": database_now(), **more}
    made = Asset(area=grid, area_path=grid.path, code=number, **facts)
    made.save()
    return made


def make_category(name: str = "楼道堆物", lead: Unit | None = None, **more: Any) -> Category:
    """A saved entry of the catalogue, two working days to handle."""
    major, _new = Category.objects.get_or_create(code="03", defaults={"name": "公共安全隐患"})
    facts = {"code": f"03{next(_numbers) % 90 + 10}", "handle_seconds": 16 * 3600, "lead_unit": lead, **more}
    return Category.objects.create(major=major, name=name, **facts)


def make_incident(
    building: Building, *, by: User, now: datetime, category: Category | None = None, **more: Any
) -> Incident:
    """A report at a building, through the one action that makes them."""
    seed_calendars(now=now)
    said = {"category": category or make_category(), "building": building, "description": "三楼堆满纸箱", **more}
    return report(Report(**said), by=by, now=now)


def make_route(area: Area, *, by: User, now: datetime, stops: Any = None, name: str = "") -> Any:
    """A patrol route through the one action that draws them; three checkpoints without a place unless told."""
    said = stops or [Stop(words) for words in ("东门消防通道", "配电房", "小广场")]
    return create_route(area=area, name=name or f"{area.name}巡查", stops=said, by=by, now=now)


def make_patrol_plan(route: Any, *, by: User, now: datetime, **more: Any) -> Any:
    """Walked every day, from long ago."""
    return create_plan(route, Rule(rhythm="every", every=1, since=LONG_AGO, **more), by=by, now=now)
