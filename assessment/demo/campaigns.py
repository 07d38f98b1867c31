"""What may be asked of the demo street's grids, one campaign that runs, one that is over, and two refused tries."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from assessment.demo.people import SPRING, STREET
from assessment.demo.street import Street
from grids.kinds import NINE_SMALL
from grids.models import Building, Place
from incidents.actions import campaigns
from incidents.actions.campaign_check import Seen, check_target
from incidents.actions.campaigns import Asked
from incidents.models import Campaign
from teams import actions as teams
from teams.models import TaskType

OFFICE, LEADER = "JD0002", "JD0001"
BASIS = "街道网格事项准入清单（演示）"
R = TaskType.Rhythm
# heading → (code, name, how often); seven groups as in docs/domain.md §2.3
ADMITTED: dict[str, tuple[tuple[str, str, str], ...]] = {
    "基础信息": (("0101", "网格基础信息核实", R.QUARTERLY), ("0102", "房屋使用情况核实", R.YEARLY)),
    "安全隐患": (
        ("0201", "消防安全隐患排查", R.MONTHLY), ("0202", "电动车充电安全排查", R.MONTHLY),
        ("0203", "燃气使用安全提示", R.QUARTERLY), ("0204", "房屋安全巡查", R.QUARTERLY),
    ),
    "矛盾纠纷": (("0301", "矛盾纠纷排查化解", R.WEEKLY), ("0302", "物业管理问题收集", R.ONCE)),
    "环境秩序": (("0401", "环境卫生巡查", R.WEEKLY), ("0402", "楼道堆物清理", R.MONTHLY), ("0403", "飞线整治", R.MONTHLY)),
    "民生服务": (
        ("0501", "独居老人走访", R.WEEKLY), ("0502", "困难家庭走访", R.MONTHLY), ("0503", "政务代办帮办", R.ONCE),
        ("0504", "残疾人需求了解", R.QUARTERLY),
    ),
    "政策宣传": (("0601", "惠民政策宣传", R.ONCE), ("0602", "防诈骗宣传", R.MONTHLY), ("0603", "垃圾分类宣传", R.ONCE)),
    "应急响应": (("0701", "极端天气提醒", R.ONCE), ("0702", "突发事件信息报告", R.ONCE), ("0703", "应急疏散协助", R.ONCE)),
}  # fmt: skip
BARRED = (
    ("J01", "打卡签到", "国办函〔2026〕12号：不得设置强制打卡签到"),
    ("J02", "下达上报数量指标", "只看实效，不设上报数量"),
    ("J03", "网格员积分排名", "国办函〔2026〕12号：不得积分排名"),
    ("J04", "要求转发、点赞、投票", "国办函〔2026〕12号：不得作为考评依据"),
    ("J05", "推广下载应用程序", "国办函〔2026〕12号：不得强制推广"),
    ("J06", "行政执法", "网格无执法权"),
    ("J07", "重复填报系统已有数据", "一次采集、多方共用"),
    ("J08", "上传工作照片和轨迹留痕", "非必要不得强制上传"),
    ("J09", "收款收费", "网格不得从事经营性活动"),
    ("J10", "代签承诺书、责任状", "不得将部门责任转嫁网格"),
)


def _item(label: str, kind: str, abnormal: tuple[str, ...] = (), category: str = "", choices: tuple[str, ...] = ()) -> (
    dict[str, Any]
):  # fmt: skip
    return {
        "kind": kind, "label": label, "choices": list(choices), "abnormal": list(abnormal), "category": category,
    }  # fmt: skip


CHARGING = [
    _item("楼道、门厅有电动车充电或停放吗", "yes_no", ("yes",), "0303"),
    _item("有飞线充电吗", "yes_no", ("yes",), "0303"),
    _item("公共充电位", "choice", ("损坏",), "0303", ("完好", "损坏", "没有")),
    _item("需要增设的充电位", "number"),
]
CORRIDORS = [_item("楼道堆物已清理吗", "yes_no", ("no",), "0302"), _item("还需协助的事", "words")]


def admit_tasks(street: Street) -> None:
    """The admission list, decided by the leader."""
    area, by, now = street.areas[STREET], street.people[LEADER], street.now - timedelta(days=60)
    since = timezone.localdate(now)
    facts: dict[str, Any] = {"by": by, "now": now, "since": since, "owner": street.units["JD-WGB"]}
    for heading, rows in ADMITTED.items():
        for code, name, rhythm in rows:
            teams.decide_task(
                area, code=code, name=name, heading=heading, admitted=True, reason="属于网格职责", basis=BASIS,
                rhythm=rhythm, **facts,
            )  # fmt: skip
    for code, name, reason in BARRED:
        teams.decide_task(area, code=code, name=name, heading="禁入事项", admitted=False, reason=reason, **facts)


def run_campaigns(street: Street) -> None:
    """One over, one running with two findings, one more put right on the spot, and what was refused."""
    _ended(street)
    _running(street)
    _of_places(street)
    _refused(street)


def _buildings(street: Street) -> list[Building]:
    return list(Building.objects.filter(area_path__startswith=street.areas[SPRING].path, retired_at=None))


def _campaign(
    street: Street, title: str, code: str, items: list[dict[str, Any]], days: tuple[int, int], **objects: Any
) -> Campaign:
    """Published so many days ago, due so many days from then; of the buildings of a community unless told."""
    area, by, now = street.areas[STREET], street.people[OFFICE], street.now - timedelta(days=days[0])
    task = TaskType.objects.get(area=area, code=code)
    asked = Asked(
        title, task, items, timezone.localdate(now) + timedelta(days=days[1]), purpose="入冬前集中排查，消除隐患。",
        unit=street.units["JD-WGB"], **(objects or {"buildings": _buildings(street)}),
    )  # fmt: skip
    return campaigns.publish_campaign(campaigns.draft_campaign(area, asked, by=by, now=now), by=by, now=now)


def _look(street: Street, campaign: Campaign, usual: list[Any], wrong: dict[int, Seen], share: int) -> None:
    """Each worker looks at `share` of 4 objects; the places named in `wrong` find something."""
    now = street.now - timedelta(hours=5)
    done = 0
    for nth, target in enumerate(campaign.targets.as_walked()):
        worker = street.people.get(f"WG{target.area.code[-4:]}")
        if worker is None or nth % 4 >= share:
            continue
        seen = wrong.get(done, Seen(usual))
        check_target(target, seen, by=worker, now=now + timedelta(minutes=nth))
        done += 1


def _ended(street: Street) -> None:
    made = _campaign(street, "楼道堆物清理回头看", "0402", CORRIDORS, (30, 14))
    wrong = {2: Seen(["no", None], rectified=True, words="已与住户一起清走")}
    _look(street, made, ["yes", None], wrong, 4)
    campaigns.end_campaign(made, by=street.people[OFFICE], now=street.now - timedelta(minutes=30))


def _running(street: Street) -> None:
    made = _campaign(street, "电动车充电安全排查", "0202", CHARGING, (2, 9))
    wrong = {
        1: Seen(["yes", "no", "完好", 2], words="一层门厅停放三辆，正在充电"),
        4: Seen(["no", "yes", "没有", 4], words="从四楼窗户拉线"),
        6: Seen(["yes", "no", "完好", None], rectified=True, words="已劝离，车主推到车棚"),
    }
    _look(street, made, ["no", "no", "完好", None], wrong, 2)


SMALL = [
    _item("灭火器在有效期内吗", "yes_no", ("no",), "0301"),
    _item("疏散通道", "choice", ("堵塞",), "0302", ("畅通", "堵塞")),
]


def _of_places(street: Street) -> None:
    """The nine small ones: half of them seen, one whose way out is blocked."""
    places = Place.objects.listed().filter(area_path__startswith=street.areas[SPRING].path, kind__in=NINE_SMALL)
    made = _campaign(street, "九小场所消防检查", "0201", SMALL, (3, 12), places=list(places))
    wrong = {
        2: Seen(["yes", "堵塞"], words="后门被货物堵住"),
        5: Seen(["no", "畅通"], rectified=True, words="当场更换"),
    }
    _look(street, made, ["yes", "畅通"], wrong, 2)


def _refused(street: Street) -> None:
    area, by, now = street.areas[STREET], street.people[OFFICE], street.now - timedelta(days=1)
    barred = TaskType.objects.get(area=area, code="J02")
    admitted = TaskType.objects.get(area=area, code="0101")
    due = timezone.localdate(street.now) + timedelta(days=5)
    for asked in (
        Asked("每网格每周上报不少于二十件", barred, CHARGING, due),
        Asked("各楼栋户数统计表", admitted, [_item("户数", "number")], due),
    ):
        try:
            campaigns.draft_campaign(area, asked, by=by, now=now)
        except ValidationError:
            continue
