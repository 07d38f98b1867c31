"""The catalogue a street begins with: 8 headings, what can be reported under each, and how long it may take.

docs/domain.md §1.6; every figure is a default that the office edits. `lead` names the kind of
unit that usually answers for it; `load_catalogue` links it where a unit of that key is given.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from gridgov.audit import actions as audit
from incidents.models import Category
from teams.models import Unit

HOUR, DAY, NATURAL_DAY = 3600, 8 * 3600, 24 * 3600
WORKING, NATURAL = Category.Clock.WORKING, Category.Clock.NATURAL
WORKER, RESIDENT, NONE = Category.Verification.WORKER, Category.Verification.RESIDENT, Category.Verification.NONE
PROBLEM, REQUEST, COMPLAINT, EMERGENCY = (
    Category.Nature.PROBLEM,
    Category.Nature.REQUEST,
    Category.Nature.COMPLAINT,
    Category.Nature.EMERGENCY,
)


class Heading(NamedTuple):
    """A major entry."""

    code: str
    name: str
    name_en: str
    icon: str


class Entry(NamedTuple):
    """A minor entry; `seconds` is the limit to handle it on `clock`."""

    code: str
    name: str
    name_en: str
    lead: str
    seconds: int
    phrases: tuple[str, ...] = ()
    clock: str = WORKING
    verification: str = WORKER
    nature: str = PROBLEM
    on_the_spot: bool = True
    confidential: bool = False
    public: bool = True


HEADINGS: tuple[Heading, ...] = (
    Heading("01", "环境卫生", "Cleanliness", "trash"),
    Heading("02", "市政设施", "Public works", "tool"),
    Heading("03", "公共安全隐患", "Safety hazards", "alert-triangle"),
    Heading("04", "街面秩序", "Street order", "route"),
    Heading("05", "矛盾纠纷", "Disputes", "users"),
    Heading("06", "民生服务诉求", "Services", "home-heart"),
    Heading("07", "突发事件", "Emergencies", "alarm"),
    Heading("08", "关爱帮扶", "Care", "heart-handshake"),
)

ENTRIES: tuple[Entry, ...] = (
    Entry("0101", "暴露垃圾", "Exposed rubbish", "sanitation", 4 * HOUR, ("垃圾满溢", "垃圾堆放在路边", "有异味")),
    Entry("0102", "积存渣土", "Construction rubble", "sanitation", 2 * DAY, ("装修垃圾未清运", "渣土占道")),
    Entry("0103", "道路不洁", "Dirty road", "sanitation", 4 * HOUR, ("路面有油污", "落叶较多", "有遗撒物")),
    Entry("0104", "绿地脏乱", "Untidy green space", "maintenance", DAY, ("绿地有垃圾", "绿植枯死", "占用绿地")),
    Entry("0105", "非法小广告", "Illegal stickers", "sanitation", 4 * HOUR, ("楼道有小广告", "电线杆有小广告")),
    Entry("0106", "污水外溢", "Sewage overflow", "maintenance", DAY, ("井口冒水", "管道堵塞")),
    Entry("0107", "油烟扰民", "Cooking fumes", "enforcement", 2 * DAY, ("饭店油烟直排",), verification=RESIDENT),
    Entry("0201", "道路破损", "Damaged road", "maintenance", 3 * DAY, ("路面坑洼", "地砖松动", "路沿石破损")),
    Entry("0202", "井盖缺损", "Missing manhole cover", "maintenance", 4 * HOUR, ("井盖缺失", "井盖破损", "井盖异响")),
    Entry("0203", "路灯不亮", "Street light out", "maintenance", 3 * DAY, ("整排不亮", "单灯不亮", "闪烁")),
    Entry("0204", "公共座椅健身器材损坏", "Broken bench or equipment", "maintenance", 3 * DAY, ("器材松动", "座椅断裂")),
    Entry("0205", "交通设施损坏", "Damaged traffic facility", "maintenance", 3 * DAY, ("护栏损坏", "标志牌倾斜")),
    Entry("0206", "架空线缆杂乱", "Loose overhead cables", "utility", 3 * DAY, ("线缆垂落", "线缆杂乱")),
    Entry("0301", "消防通道堵塞", "Blocked fire lane", "enforcement", 4 * HOUR, ("车辆占用", "堆放杂物", "私装地锁")),
    Entry("0302", "楼道堆物", "Things left on stairs", "property", DAY, ("楼道堆放杂物", "堆放纸箱等易燃物", "堵住楼梯口")),
    Entry("0303", "电动车违规充电", "Unsafe e-bike charging", "property", DAY, ("飞线充电", "楼道内充电", "电池入户")),
    Entry("0304", "燃气隐患", "Gas hazard", "utility", 2 * HOUR, ("有燃气味", "软管老化"), NATURAL, on_the_spot=False),
    Entry("0305", "电梯故障", "Lift out of order", "property", DAY, ("电梯停运", "异响", "按键失灵"), verification=RESIDENT),
    Entry("0306", "高空坠物隐患", "Risk of falling objects", "property", DAY, ("外墙脱落", "花盆放在窗台", "广告牌松动")),
    Entry("0307", "房屋安全隐患", "Building safety", "housing", DAY, ("墙体开裂", "漏水严重"), on_the_spot=False),
    Entry("0308", "消防设施损坏", "Broken fire equipment", "fire", DAY, ("灭火器过期", "消火栓无水")),
    Entry("0401", "占道经营", "Street vending", "enforcement", 4 * HOUR, ("流动摊贩占道", "店外经营")),
    Entry("0402", "机动车乱停", "Badly parked car", "enforcement", 4 * HOUR, ("占用人行道", "堵住出入口")),
    Entry("0403", "非机动车乱停", "Badly parked bikes", "enforcement", 4 * HOUR, ("共享单车淤积", "占用盲道")),
    Entry("0404", "噪声扰民", "Noise", "enforcement", DAY, ("夜间施工", "广场舞音响", "商铺外放"), verification=RESIDENT),
    Entry("0405", "私搭乱建", "Unauthorised building", "enforcement", 7 * DAY, ("楼顶搭建", "圈占绿地"), on_the_spot=False),
    Entry("0406", "违规户外广告", "Unauthorised sign", "enforcement", 2 * DAY, ("占道灯箱", "横幅")),
    Entry("0501", "邻里纠纷", "Neighbours", "justice", 7 * DAY, ("噪声争执", "漏水争执", "公共空间争执"),
          verification=RESIDENT, public=False),
    Entry("0502", "婚姻家庭纠纷", "Family", "justice", 7 * DAY, (), verification=RESIDENT, confidential=True, public=False),
    Entry("0503", "物业纠纷", "Property management", "housing", 7 * DAY, ("收费争议", "服务不到位"), verification=RESIDENT),
    Entry("0504", "劳资纠纷", "Labour", "justice", 7 * DAY, ("拖欠工资",), verification=RESIDENT, confidential=True),
    Entry("0505", "消费纠纷", "Consumer", "market", 7 * DAY, ("退款争议", "预付卡争议"), verification=RESIDENT),
    Entry("0506", "其他纠纷", "Other dispute", "justice", 7 * DAY, (), verification=RESIDENT),
    Entry("0601", "停水", "No water", "utility", NATURAL_DAY, ("整栋停水", "水压低", "水质发黄"), NATURAL, RESIDENT, REQUEST),
    Entry("0602", "停电", "No power", "utility", NATURAL_DAY, ("整栋停电", "单户停电"), NATURAL, RESIDENT, REQUEST),
    Entry("0603", "停气", "No gas", "utility", NATURAL_DAY, (), NATURAL, RESIDENT, REQUEST),
    Entry("0604", "供暖问题", "Heating", "utility", NATURAL_DAY, ("暖气不热", "漏水"), NATURAL, RESIDENT, REQUEST),
    Entry("0605", "房屋漏水", "Leaking home", "property", 3 * DAY, ("屋顶漏水", "管道漏水"), WORKING, RESIDENT, REQUEST),
    Entry("0606", "停车难", "Parking", "housing", 7 * DAY, (), WORKING, RESIDENT, REQUEST),
    Entry("0607", "社保医保咨询", "Social and health insurance", "welfare", 2 * DAY, (), WORKING, RESIDENT, REQUEST),
    Entry("0608", "证件办理", "Papers and permits", "welfare", 2 * DAY, (), WORKING, RESIDENT, REQUEST),
    Entry("0609", "物业服务", "Property services", "property", 3 * DAY, ("门禁损坏", "保洁不到位"), WORKING, RESIDENT, COMPLAINT),
    Entry("0610", "宠物扰民", "Pets", "enforcement", 2 * DAY, ("遛狗不牵绳", "犬吠"), WORKING, RESIDENT, COMPLAINT),
    Entry("0611", "其他诉求", "Other request", "community", 7 * DAY, (), WORKING, RESIDENT, REQUEST),
    Entry("0701", "火情烟雾", "Fire or smoke", "fire", 2 * HOUR, ("有明火", "有烟雾"), NATURAL, NONE, EMERGENCY, False),
    Entry("0702", "路面塌陷", "Road collapse", "maintenance", 2 * HOUR, (), NATURAL, WORKER, EMERGENCY, False),
    Entry("0703", "水管爆裂", "Burst water main", "utility", 2 * HOUR, (), NATURAL, WORKER, EMERGENCY, False),
    Entry("0704", "燃气泄漏", "Gas leak", "utility", 2 * HOUR, (), NATURAL, NONE, EMERGENCY, False),
    Entry("0705", "道路积水积雪", "Flooded or icy road", "maintenance", 4 * HOUR, ("积水", "积雪", "结冰"), NATURAL, WORKER),
    Entry("0801", "独居老人需帮助", "Older person needs help", "welfare", DAY, ("联系不上", "生活不便"),
          WORKING, NONE, REQUEST, True, True),
    Entry("0802", "困难家庭求助", "Household in need", "welfare", 2 * DAY, (), WORKING, NONE, REQUEST, True, True),
    Entry("0803", "走失寻人", "Missing person", "police", 2 * HOUR, (), NATURAL, NONE, EMERGENCY, False),
    Entry("0804", "流浪人员救助", "Person without shelter", "welfare", DAY, (), WORKING, NONE, REQUEST),
)  # fmt: skip


def _values(entry: Entry, major: Category, position: int, units: Mapping[str, Unit]) -> dict[str, Any]:
    return {
        "major": major,
        "name": entry.name,
        "name_en": entry.name_en,
        "lead_unit": units.get(entry.lead),
        "nature": entry.nature,
        "clock": entry.clock,
        "handle_seconds": entry.seconds,
        "is_emergency": entry.nature == EMERGENCY,
        "on_the_spot": entry.on_the_spot,
        "verification": entry.verification,
        "is_confidential": entry.confidential,
        "is_public": entry.public,
        "phrases": list(entry.phrases),
        "position": position,
    }


@transaction.atomic
def load_catalogue(*, by: Any, now: datetime, units: Mapping[str, Unit] | None = None) -> int:
    """Add the entries that are missing; what the office has edited stays. Answers how many were added.

    `units`: key of `Entry.lead` → the unit that answers for it here.
    """
    added = 0
    for position, heading in enumerate(HEADINGS):
        values = {"name": heading.name, "name_en": heading.name_en, "icon": heading.icon, "position": position}
        major, new = Category.objects.get_or_create(code=heading.code, defaults=values)
        added += new
        mine = [entry for entry in ENTRIES if entry.code.startswith(heading.code)]
        for place, entry in enumerate(mine):
            _row, new = Category.objects.get_or_create(
                code=entry.code, defaults=_values(entry, major, place, units or {})
            )
            added += new
    if added:
        audit.record("incidents.load_catalogue", None, by=by, at=now, added=added)
    return added
