"""Shops, schools and workshops of the demo street, and its lamps, covers and bins; a few of them have a story."""

import random
from datetime import date, timedelta
from typing import Any

import shapely
from django.contrib.gis.geos import Point
from django.utils import timezone

from assessment.demo.ground import demo_ground
from assessment.demo.people import SPRING
from assessment.demo.street import Street
from grids import codes
from grids.actions import things
from grids.actions.things import Where
from grids.models import Area, Asset, Building, Place
from incidents.actions.report import Report, report
from incidents.models import Category
from residents import actions as register
from teams.roles import Role

OFFICE = "JD0002"
SIGNS = ("春风", "和平", "百姓", "邻里", "惠民", "阳光", "福来", "老街", "学府", "槐荫", "南湖", "小城")
# kind → what stands on the sign after the shop's own name
SORTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("small_shop", ("便利店", "超市", "五金店", "水果店", "文具店", "药房", "粮油店", "烟酒店")),
    ("small_restaurant", ("面馆", "早餐店", "饺子馆", "麻辣烫", "家常菜馆", "包子铺")),
    ("small_inn", ("宾馆", "公寓")),
    ("small_fitness", ("健身房", "美容美发", "足疗店")),
    ("small_amusement", ("棋牌室", "网吧")),
    ("small_clinic", ("诊所", "口腔门诊")),
    ("small_school", ("托管班", "幼儿园")),
    ("small_workshop", ("打印店", "窗帘加工店", "电动车维修店")),
    ("company", ("房产经纪", "家政服务部", "快递服务站")),
    ("charging", ("电动车集中充电点",)),
    ("public", ("社区警务室", "居民活动室")),
)
PER_GRID = (0, 0, 0, 1, 1, 2, 0, 3, 5, 7, 8, 9)  # the sorts of one grid's twelve
# kind of asset → owner (code of a unit, a name that is no unit of ours, or nobody), how many of a grid's
LINES: tuple[tuple[str, str, int], ...] = (
    ("0118", "SY-SZ", 9), ("0102", "SY-SZ", 3), ("0103", "SY-SZ", 3), ("0107", "区通信管线公司", 2), ("0114", "", 1),
    ("0113", "ZH-XF", 2), ("0117", "QY-SDQ", 1), ("0305", "SY-HW", 4), ("0301", "SY-HW", 1), ("0402", "SY-HW", 3),
    ("0407", "SY-SZ", 1), ("0209", "ZH-PCS", 1), ("0501", "JD-WGB", 1),
)  # fmt: skip
INWARD = 0.00012  # degrees, about 12 m: pavements lie a little inside a grid's border
DEGREE_OF_A_STEP = 0.00008


def write_things(street: Street) -> None:
    """Some 120 places and 300 assets, one that closed, some that are broken, and two that wait for a grid."""
    chance = random.Random(11)  # noqa: S311 - a demo's dice, not a secret
    _places(street, chance)
    _assets(street, chance)
    _stories(street)
    _dwellings(street)


def _dwellings(street: Street) -> None:
    """Every door of two buildings in each of the first grids: what a campaign about homes can choose from."""
    for code in (f"{SPRING}001", f"{SPRING}002"):
        homes = [one for one in street.buildings[code] if one.households][:2]
        for building, use in zip(homes, ("own", "let"), strict=False):
            register.add_dwellings(
                building, entrance="1", floors=range(1, 7), rooms=range(1, 3), use=use,
                by=_keeper(street, code), now=street.now,
            )  # fmt: skip


def _keeper(street: Street, code: str) -> Any:
    """The worker of the grid, else the office."""
    return street.people.get(f"WG{code[-4:]}") or street.people[OFFICE]


def credit_code(number: int) -> str:
    """A made-up code of district 990101 that its last character fits."""
    body = f"92990101MA{number:07d}"
    for sign in codes.CREDIT_ALPHABET:
        try:
            return codes.clean_credit_code(body + sign)
        except codes.ValidationError:
            continue
    raise ValueError(body)


def _places(street: Street, chance: random.Random) -> None:
    number = 0
    for code, buildings in street.buildings.items():
        shops = [b for b in buildings if not b.households] or buildings
        by = _keeper(street, code)
        for nth, sort in enumerate(PER_GRID):
            kind, words = SORTS[(sort + nth // 6) % len(SORTS) if sort > 2 else sort]
            number += 1
            building: Building = Building.objects.select_related("area").get(pk=shops[nth % len(shops)].pk)
            name = f"{SIGNS[(number * 5 + nth) % len(SIGNS)]}{chance.choice(words)}"
            things.add(
                Place, Where(building, _beside(building, chance)), by=by, now=street.now - timedelta(days=60),
                name=name, kind=kind, address=f"{building.name}底商{nth % 6 + 1}号", credit_code=credit_code(number),
                contact_phone=f"1990002{number:04}" if number % 3 else "",
            )  # fmt: skip


def _beside(building: Building, chance: random.Random) -> Point | None:
    if building.point is None:
        return None
    step = [chance.uniform(-DEGREE_OF_A_STEP, DEGREE_OF_A_STEP) for _ in range(2)]
    return Point(building.point.x + step[0], building.point.y + step[1], srid=4326)


def _pavement(code: str, count: int) -> list[Point]:
    """So many points along the inner side of a grid's border."""
    inner = demo_ground().areas[code].buffer(-INWARD)
    ring = max(shapely.get_parts(inner), key=lambda part: part.area).exterior
    found = [ring.interpolate((nth + 0.5) / count, normalized=True) for nth in range(count)]
    return [Point(round(one.x, 7), round(one.y, 7), srid=4326) for one in found]


def _assets(street: Street, chance: random.Random) -> None:
    by, counts = street.people[Role.OFFICE_ADMIN], dict.fromkeys((kind for kind, *_rest in LINES), 0)
    since = timezone.localdate(street.now)
    for code, area in street.areas.items():
        if area.kind != Area.Kind.GRID:
            continue
        wanted = [(kind, owner) for kind, owner, count in LINES for _nth in range(count)]
        chance.shuffle(wanted)
        for (kind, owner), point in zip(wanted, _pavement(code, len(wanted)), strict=True):
            counts[kind] += 1
            unit = street.units.get(owner)
            things.add(
                Asset, Where(point=point), by=by, now=street.now - timedelta(days=90),
                code=f"990101{kind}{counts[kind]:06}", owner=unit.name if unit else owner,
                condition="damaged" if counts[kind] % 17 == 0 else "intact",
                installed_on=since - timedelta(days=chance.randint(200, 4000)), address=f"{area.name}路侧",
            )  # fmt: skip


def _stories(street: Street) -> None:
    """A noodle shop that closed, a cover that is missing, a kiosk outside every grid, a lamp that was replaced."""
    worker, now = street.people["WG1001"], street.now
    closed = Place.objects.filter(area__code=f"{SPRING}001", kind="small_restaurant").first()
    if closed is not None:
        things.close(closed, on=_ago(now, 6), why="gone", by=worker, now=now - timedelta(days=6))
    covers = Asset.objects.filter(area__code=f"{SPRING}001", kind="0102").order_by("code")
    things.correct(covers[0], by=worker, now=now - timedelta(days=1), condition="missing")
    _reports(covers[0], worker, now)
    lamp = Asset.objects.filter(area__code=f"{SPRING}002", kind="0118").order_by("code")[0]
    things.close(lamp, on=_ago(now, 20), why="moved", by=street.people[Role.OFFICE_ADMIN], now=now)
    things.add(
        Place, Where(), by=street.people[OFFICE], now=now - timedelta(days=2), name="河滨便民早餐车",
        kind="small_restaurant", address="河滨步道，位置待核",
    )  # fmt: skip


def _reports(cover: Asset, worker: Any, now: Any) -> None:
    """What was found at the cover, at a lamp and at a shop of the worker's grid."""
    lamp = Asset.objects.filter(area=cover.area, kind="0118").order_by("code")[2]
    shop = Place.objects.listed().filter(area=cover.area, kind="charging").first()
    told: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("0202", {"asset": cover}, "井盖不见了，已放警示桶。"),
        ("0203", {"asset": lamp}, "晚上不亮，居民反映两天。"),
        ("0303", {"listed_place": shop}, "店内给电池充电，插线板发烫。"),
    )
    for hours, (code, what, words) in enumerate(told, 3):
        category = Category.objects.select_related("lead_unit").get(code=code)
        report(Report(category=category, description=words, **what), by=worker, now=now - timedelta(hours=hours))


def _ago(now: Any, days: int) -> date:
    return timezone.localdate(now) - timedelta(days=days)
