"""The cast every test speaks of: the fictional street of docs/domain.md §8.1 with a person in every role.

Eight inserts and no password hashes, so that each test can have its own. Beside 和平街道 stands 光明街道, so that
"another street's" is always there to leak.
"""

from dataclasses import dataclass, field

from gridgov.accounts.models import User
from grids.models import Area
from teams.models import Assignment, Unit
from teams.roles import Role
from tests import factories as f

SPRING = "990101001001"
AUTUMN = "990101001002"
# code, name, households, persons: the sums 2,140 households and 4,980 persons hold for 春风社区
GRIDS = [
    (SPRING + "001", "春风第一网格", 432, 1010),
    (SPRING + "002", "春风第二网格", 418, 975),
    (SPRING + "003", "春风第三网格", 455, 1060),
    (SPRING + "004", "春风第四网格", 405, 935),
    (SPRING + "005", "春风第五网格", 430, 1000),
    (SPRING + "901", "和平实验学校", 0, 0),
    (AUTUMN + "001", "秋实第一网格", 420, 980),
    (AUTUMN + "002", "秋实第二网格", 410, 950),
    (AUTUMN + "003", "秋实第三网格", 430, 1010),
]
# key, code, name, kind, where, more
UNITS = [
    ("office", "JD-WGB", "街道网格办", Unit.Kind.SECTION, "street", {"is_desk": True, "phone": "027-00000001"}),
    ("spring", "SQ-CF", "春风社区", Unit.Kind.COMMUNITY, "spring", {"is_desk": True, "phone": "027-00000002"}),
    ("autumn", "SQ-QS", "秋实社区", Unit.Kind.COMMUNITY, "autumn", {"is_desk": True, "phone": "027-00000003"}),
    ("enforcement", "CG", "城管执法队", Unit.Kind.INSTITUTION, "street", {"phone": "027-00000004"}),
    ("sanitation", "HW", "环卫所", Unit.Kind.INSTITUTION, "street", {"phone": "027-00000005"}),
    ("maintenance", "SZ", "市政养护队", Unit.Kind.UTILITY, "street", {"phone": "027-00000006"}),
    ("police", "PCS", "派出所", Unit.Kind.STATION, "street", {"phone": "027-00000007"}),
    ("market", "SCJG", "市场监管所", Unit.Kind.STATION, "street", {}),
    ("housing", "ZJ", "住建物业办", Unit.Kind.SECTION, "street", {}),
    ("health", "WS", "社区卫生服务中心", Unit.Kind.INSTITUTION, "street", {}),
    ("welfare", "MZ", "民政服务岗", Unit.Kind.SECTION, "street", {}),
    ("justice", "SF", "司法所", Unit.Kind.STATION, "street", {}),
    ("fire", "XF", "消防救援站", Unit.Kind.STATION, "street", {}),
    ("property", "WY-CF", "春风物业", Unit.Kind.PROPERTY, "spring", {}),
    ("bureau", "QCGJ", "区城市管理局", Unit.Kind.DEPARTMENT, "district", {}),
    ("other_office", "GM-WGB", "光明街道网格办", Unit.Kind.SECTION, "other_street", {"is_desk": True}),
]
# name in tests, Chinese name, role, where, unit
PEOPLE = [
    ("worker", "王小勤", Role.WORKER, "grid", "team"),
    ("lead", "李长青", Role.GRID_HEAD, "grid", "team"),
    ("part_time", "赵帮忙", Role.PART_TIME, "grid", "team"),
    ("building_head", "钱楼栋", Role.BUILDING_HEAD, "grid", None),
    ("neighbour", "孙邻格", Role.WORKER, "next_grid", "next_team"),
    ("far_worker", "周秋实", Role.WORKER, "far_grid", "far_team"),
    ("adviser", "吴指导", Role.ADVISER, "spring", None),
    ("specialist", "郑警官", Role.SPECIALIST, "spring", "police"),
    ("desk", "冯受理", Role.COMMUNITY_DESK, "spring", "spring"),
    ("autumn_desk", "陈受理", Role.COMMUNITY_DESK, "autumn", "autumn"),
    ("office", "褚网格", Role.OFFICE, "street", "office"),
    ("leader", "卫主任", Role.LEADER, "street", None),
    ("section_head", "蒋科长", Role.SECTION_HEAD, "street", "housing"),
    ("officer", "沈值班", Role.DUTY_OFFICER, "street", "office"),
    ("unit_staff", "韩城管", Role.UNIT_STAFF, "street", "enforcement"),
    ("unit_head", "杨队长", Role.UNIT_HEAD, "street", "enforcement"),
    ("other_unit_staff", "朱环卫", Role.UNIT_STAFF, "street", "sanitation"),
    ("system_admin", "秦系统", Role.SYSTEM_ADMIN, "district", None),
    ("security_admin", "尤安全", Role.SECURITY_ADMIN, "district", None),
    ("audit_admin", "许审计", Role.AUDIT_ADMIN, "district", None),
    ("office_admin", "何业务", Role.OFFICE_ADMIN, "district", None),
    ("other_office", "吕光明", Role.OFFICE, "other_street", "other_office"),
    ("outsider", "施无岗", None, None, None),
]
AREA_NAMES = [
    "district",
    "street",
    "other_street",
    "spring",
    "autumn",
    "other_community",
    "grid",
    "next_grid",
    "far_grid",
    "other_grid",
]
UNIT_NAMES = [key for key, *_rest in UNITS] + ["team", "next_team", "far_team"]
ROLE_NAMES = [name for name, *_rest in PEOPLE]


@dataclass
class Cast:
    """`areas`, `units` and `people` by the names used in tests; `grids` in the order of their codes."""

    areas: dict[str, Area] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    posts: dict[str, Assignment] = field(default_factory=dict)
    grids: list[Area] = field(default_factory=list)
    teams: list[Unit] = field(default_factory=list)


def _save_level(*areas: Area) -> None:
    Area.objects.bulk_create(areas)


def build_areas(cast: Cast) -> None:
    """The tree, a level at a time: four inserts."""
    kind, at = Area.Kind, cast.areas
    at["district"] = f.area(kind.DISTRICT, "演示区", "990101", nth=1)
    _save_level(at["district"])
    at["street"] = f.area(kind.STREET, "和平街道", "990101001", at["district"], nth=1)
    at["other_street"] = f.area(kind.STREET, "光明街道", "990101002", at["district"], nth=2)
    _save_level(at["street"], at["other_street"])
    at["spring"] = f.area(kind.COMMUNITY, "春风社区", SPRING, at["street"], nth=1, households=2140, persons=4980)
    at["autumn"] = f.area(kind.COMMUNITY, "秋实社区", AUTUMN, at["street"], nth=2, households=1260, persons=2940)
    at["other_community"] = f.area(kind.COMMUNITY, "朝阳社区", "990101002001", at["other_street"], nth=1)
    _save_level(at["spring"], at["autumn"], at["other_community"])
    cast.grids = [
        f.area(
            kind.GRID,
            name,
            code,
            at["spring"] if code.startswith(SPRING) else at["autumn"],
            nth=int(code[-3:]),
            households=households,
            persons=persons,
            grid_kind=Area.GridKind.DEDICATED if code[-3] == "9" else Area.GridKind.GENERAL,
        )
        for code, name, households, persons in GRIDS
    ]
    at["other_grid"] = f.area(kind.GRID, "朝阳第一网格", "990101002001001", at["other_community"], nth=1)
    _save_level(*cast.grids, at["other_grid"])
    at["grid"], at["next_grid"], at["far_grid"] = cast.grids[0], cast.grids[1], cast.grids[6]


def build_units(cast: Cast) -> None:
    """Desks, departments and a team for each grid: one insert."""
    for key, code, name, kind, where, more in UNITS:
        cast.units[key] = f.unit(code, name, kind, cast.areas[where], **more)
    cast.teams = [f.unit(f"TD-{g.code[-6:]}", g.name + "团队", Unit.Kind.GRID_TEAM, g) for g in cast.grids]
    Unit.objects.bulk_create([*cast.units.values(), *cast.teams])
    cast.units |= {"team": cast.teams[0], "next_team": cast.teams[1], "far_team": cast.teams[6]}


def build_people(cast: Cast) -> None:
    """A person and a post for each role: two inserts. Staff numbers are the names used in tests."""
    for number, (key, name, *_rest) in enumerate(PEOPLE, 1):
        cast.people[key] = f.person(key, name, f"1990000{number:04d}")
    User.objects.bulk_create(cast.people.values())
    for key, _name, role, where, unit in PEOPLE:
        if role:
            cast.posts[key] = f.post(cast.people[key], role, cast.areas[where], cast.units[unit] if unit else None)
    Assignment.objects.bulk_create(cast.posts.values())


def build() -> Cast:
    """The whole cast."""
    cast = Cast()
    build_areas(cast)
    build_units(cast)
    build_people(cast)
    return cast
