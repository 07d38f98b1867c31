"""Who lives and works in the demo street: areas, units and people, as tables (docs/domain.md §2.1, §8.1).

Names are invented. Staff numbers and phones are made up in ranges nobody is called on.
"""

from typing import NamedTuple

from grids.models import Area
from teams.models import Unit
from teams.roles import Role

DISTRICT, STREET = "990101", "990101001"
SPRING, AUTUMN = "990101001001", "990101001002"


class DemoArea(NamedTuple):
    """One node of the tree; counts are those of docs/domain.md §8.1, and the borders are named in words."""

    code: str
    name: str
    kind: str
    households: int | None = None
    persons: int | None = None
    borders: tuple[str, str, str, str] = ("", "", "", "")  # east, south, west, north
    buildings: str = "{n}号楼"  # how its buildings are named
    first: int = 1  # and from which number on
    numbered: int = 0  # how many of them are homes; the rest are shops and outbuildings


AREAS: tuple[DemoArea, ...] = (
    DemoArea(DISTRICT, "演示区", Area.Kind.DISTRICT),
    DemoArea(STREET, "和平街道", Area.Kind.STREET, 3400, 8020),
    DemoArea(SPRING, "春风社区", Area.Kind.COMMUNITY, 2140, 4980),
    DemoArea(AUTUMN, "秋实社区", Area.Kind.COMMUNITY, 1260, 3040),
    DemoArea(
        f"{SPRING}001",
        "春风第一网格",
        Area.Kind.GRID,
        432,
        1010,
        ("槐荫路", "春风二巷", "学府路", "北环路"),
        first=1,
        numbered=6,
    ),
    DemoArea(
        f"{SPRING}002",
        "春风第二网格",
        Area.Kind.GRID,
        418,
        975,
        ("春风一巷", "南湖路", "西堤路", "学府路"),
        first=7,
        numbered=6,
    ),
    DemoArea(
        f"{SPRING}003",
        "春风第三网格",
        Area.Kind.GRID,
        455,
        1060,
        ("槐荫路", "春风三巷", "春风一巷", "春风二巷"),
        first=13,
        numbered=6,
    ),
    DemoArea(
        f"{SPRING}004",
        "春风第四网格",
        Area.Kind.GRID,
        405,
        935,
        ("丰收路", "南湖路", "槐荫路", "北环路"),
        first=19,
        numbered=5,
    ),
    DemoArea(
        f"{SPRING}005",
        "春风第五网格",
        Area.Kind.GRID,
        430,
        1000,
        ("槐荫路", "南湖路", "春风一巷", "春风三巷"),
        first=24,
        numbered=4,
    ),
    DemoArea(
        f"{SPRING}901",
        "和平实验学校",
        Area.Kind.GRID,
        0,
        0,
        ("学府路", "学府路", "西堤路", "北环路"),
        "{n}号教学楼",
        1,
        3,
    ),
    DemoArea(
        f"{AUTUMN}001",
        "秋实第一网格",
        Area.Kind.GRID,
        430,
        1035,
        ("秋实二巷", "南湖路", "丰收路", "广场路"),
        first=1,
        numbered=6,
    ),
    DemoArea(
        f"{AUTUMN}002",
        "秋实第二网格",
        Area.Kind.GRID,
        415,
        1000,
        ("秋实三巷", "南湖路", "秋实二巷", "广场路"),
        first=7,
        numbered=6,
    ),
    DemoArea(
        f"{AUTUMN}003",
        "秋实第三网格",
        Area.Kind.GRID,
        415,
        1005,
        ("东湖路", "南湖路", "秋实三巷", "广场路"),
        first=13,
        numbered=6,
    ),
    DemoArea(
        f"{AUTUMN}901", "秋实商圈", Area.Kind.GRID, 0, 0, ("东湖路", "广场路", "丰收路", "北环路"), "商圈{n}号楼", 1, 3
    ),
)


class DemoUnit(NamedTuple):
    """A unit and where it works; `desk` says that it takes reports there."""

    code: str
    name: str
    kind: str
    area: str
    desk: bool = False
    phone: str = ""
    parent: str = ""


UNITS: tuple[DemoUnit, ...] = (
    DemoUnit("JD-WGB", "街道网格办", Unit.Kind.SECTION, STREET, True, "0990-8001000"),
    DemoUnit("JD-MZ", "民政服务岗", Unit.Kind.SECTION, STREET, phone="0990-8001002", parent="JD-WGB"),
    DemoUnit("JD-ZJ", "住建物业办", Unit.Kind.SECTION, STREET, phone="0990-8001003", parent="JD-WGB"),
    DemoUnit("ZH-CG", "城管执法队", Unit.Kind.STATION, STREET, phone="0990-8001010"),
    DemoUnit("ZH-PCS", "派出所", Unit.Kind.STATION, STREET, phone="0990-8001011"),
    DemoUnit("ZH-SCJG", "市场监管所", Unit.Kind.STATION, STREET, phone="0990-8001012"),
    DemoUnit("ZH-SFS", "司法所", Unit.Kind.STATION, STREET, phone="0990-8001013"),
    DemoUnit("ZH-XF", "消防救援站", Unit.Kind.STATION, STREET, phone="0990-8001014"),
    DemoUnit("SY-SZ", "市政养护队", Unit.Kind.INSTITUTION, STREET, phone="0990-8001020"),
    DemoUnit("SY-HW", "环卫所", Unit.Kind.INSTITUTION, STREET, phone="0990-8001021"),
    DemoUnit("SY-WS", "社区卫生服务中心", Unit.Kind.INSTITUTION, STREET, phone="0990-8001022"),
    DemoUnit("QY-SDQ", "水电气热服务站", Unit.Kind.UTILITY, STREET, phone="0990-8001030"),
    DemoUnit("SQ-CF", "春风社区居委会", Unit.Kind.COMMUNITY, SPRING, True, "0990-8001101"),
    DemoUnit("SQ-QS", "秋实社区居委会", Unit.Kind.COMMUNITY, AUTUMN, True, "0990-8001201"),
    DemoUnit("WY-CF", "春风家园物业", Unit.Kind.PROPERTY, SPRING, phone="0990-8001110"),
    DemoUnit("WY-QS", "秋实苑物业", Unit.Kind.PROPERTY, AUTUMN, phone="0990-8001210"),
    *(
        DemoUnit(
            f"WG-{a.code[9:]}",
            f"{a.name}团队",
            Unit.Kind.GRID_TEAM,
            a.code,
            parent="SQ-CF" if a.code.startswith(SPRING) else "SQ-QS",
        )
        for a in AREAS
        if a.kind == Area.Kind.GRID
    ),
)


class DemoPerson(NamedTuple):
    """A person and the one post they hold; `offer` puts a button for them on the demo's sign-in page."""

    number: str
    name: str
    role: str
    area: str
    unit: str = ""
    offer: str = ""
    head: bool = False


_GRIDS = {
    "001001": ("周建国", "陈秀兰"),
    "001002": ("吴桂芳", "刘海洋"),
    "001003": ("郑卫东", "黄丽娟"),
    "001004": ("孙玉梅", "何志强"),
    "001005": ("钱永福", "曾小燕"),
    "001901": ("冯雅琴", "许文博"),
    "002001": ("韩立新", "罗春花"),
    "002002": ("邓国华", "梁美玲"),
    "002003": ("曹爱民", "宋晓峰"),
    "002901": ("彭思远", "谢婷婷"),
}

PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("JD0001", "赵明德", Role.LEADER, STREET, "JD-WGB", "分管领导"),
    DemoPerson("JD0002", "林晓云", Role.OFFICE, STREET, "JD-WGB", "街道网格办", True),
    DemoPerson("JD0003", "高志远", Role.OFFICE, STREET, "JD-WGB"),
    DemoPerson("JD0004", "唐雨薇", Role.DUTY_OFFICER, STREET, "JD-WGB"),
    DemoPerson("JD0005", "沈建华", Role.SECTION_HEAD, STREET, "JD-MZ", head=True),
    DemoPerson("JD0006", "江学文", Role.SECTION_HEAD, STREET, "JD-ZJ", head=True),
    DemoPerson("SQ0001", "王桂英", Role.COMMUNITY_DESK, SPRING, "SQ-CF", "社区受理员", True),
    DemoPerson("SQ0002", "蒋丽华", Role.COMMUNITY_DESK, AUTUMN, "SQ-QS", head=True),
    DemoPerson("SQ0003", "余大海", Role.ADVISER, SPRING, "SQ-CF"),
    DemoPerson("BM0001", "马国强", Role.UNIT_HEAD, STREET, "ZH-CG", head=True),
    DemoPerson("BM0002", "丁小虎", Role.UNIT_STAFF, STREET, "ZH-CG"),
    DemoPerson("BM0003", "石磊", Role.UNIT_STAFF, STREET, "SY-HW", "环卫所", True),
    DemoPerson("BM0004", "任金山", Role.UNIT_STAFF, STREET, "SY-SZ", head=True),
    DemoPerson("BM0005", "方正", Role.UNIT_STAFF, STREET, "ZH-SFS", head=True),
    DemoPerson("BM0006", "袁勇", Role.UNIT_STAFF, STREET, "ZH-XF", head=True),
    DemoPerson("BM0007", "夏青", Role.UNIT_STAFF, STREET, "ZH-SCJG", head=True),
    DemoPerson("BM0008", "秦卫国", Role.SPECIALIST, SPRING, "ZH-PCS", head=True),
    DemoPerson("BM0009", "白雪", Role.UNIT_STAFF, STREET, "SY-WS", head=True),
    DemoPerson("BM0010", "范立军", Role.UNIT_STAFF, STREET, "QY-SDQ", head=True),
    DemoPerson("WY0001", "卢伟", Role.UNIT_STAFF, SPRING, "WY-CF", "物业", True),
    DemoPerson("WY0002", "姚琳", Role.UNIT_STAFF, AUTUMN, "WY-QS", head=True),
    *(
        DemoPerson(
            f"WZ{suffix[2:]}",
            head,
            Role.GRID_HEAD,
            f"{STREET}{suffix}",
            f"WG-{suffix}",
            "网格长" if suffix == "001001" else "",
            True,
        )
        for suffix, (head, _) in _GRIDS.items()
    ),
    *(
        DemoPerson(
            f"WG{suffix[2:]}",
            worker,
            Role.WORKER,
            f"{STREET}{suffix}",
            f"WG-{suffix}",
            "专职网格员" if suffix == "001001" else "",
        )
        for suffix, (_, worker) in _GRIDS.items()
    ),
    DemoPerson("JZ0001", "郝大妈", Role.PART_TIME, f"{SPRING}001", "WG-001001"),
    DemoPerson("LD0001", "龚师傅", Role.BUILDING_HEAD, f"{SPRING}005"),
    DemoPerson("JD0007", "曹明", Role.DUTY_OFFICER, STREET, "JD-WGB"),
    DemoPerson("JD0008", "贺晓东", Role.DUTY_OFFICER, STREET, "JD-WGB"),
    DemoPerson("GL0001", "系统管理员", Role.SYSTEM_ADMIN, STREET, offer="系统管理员"),
    DemoPerson("GL0002", "安全管理员", Role.SECURITY_ADMIN, STREET, offer="安全管理员"),
    DemoPerson("GL0003", "审计管理员", Role.AUDIT_ADMIN, STREET, offer="审计管理员"),
    DemoPerson("GL0004", "业务管理员", Role.OFFICE_ADMIN, STREET, offer="业务管理员"),
)
