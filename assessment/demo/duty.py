"""Who is on duty in the demo street, what they wrote down and handed over, and how the office supervises."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from assessment.demo.people import PEOPLE, STREET
from assessment.demo.street import Street
from incidents import actions as incidents
from incidents.lateness import late
from incidents.models import Incident, Supervision
from incidents.workflow import Status
from teams import actions as teams
from teams import duty
from teams.models import Shift

PLANNER, LEADER = "JD0002", "JD0001"
PHONE = "0990-8001000"
# name, begins, ends, leaders in turn, officers in turn
SHIFTS = (
    ("白班", time(8), time(18), ("JD0001", "JD0005", "JD0006"), ("JD0004", "JD0007")),
    ("夜班", time(18), time(8), ("JD0006", "JD0001", "JD0005"), ("JD0003", "JD0008")),
)
# hours ago, who, kind, words, to be followed
LOG = (
    (31.0, "JD0004", "call", "区应急局来电，要求报送低温天气防范措施，已报。", False),
    (27.5, "JD0004", "visit", "春风社区居民两人来访，反映停车位划线，已登记并告知办理时限。", True),
    (20.0, "JD0003", "weather", "气象台发布大风蓝色预警，已转各社区和物业加固广告牌。", False),
    (11.0, "JD0003", "instruction", "赵主任指示：夜间加强春风家园消防通道巡查。", True),
    (4.5, "JD0007", "call", "居民来电咨询老年证办理，已答复。", False),
    (2.2, "JD0007", "incident", "楼道堆物事件已联系物业，约定下午清理。", True),
)
ANSWERS = (
    "人手不足，已调配，明日上午到场处理。",
    "需产权单位配合，已发函，本周内反馈。",
    "已完成大部分，剩余部分今日清理。",
)


def plan_roster(street: Street) -> None:
    """This month, for everyone to see, and the next one, still being planned and with a fault in it.

    On the first of a month who came on duty the evening before is on duty still.
    """
    area, by, now = street.areas[STREET], street.people[PLANNER], street.now
    first = timezone.localdate(now).replace(day=1)
    since = min(first, timezone.localdate(now) - timedelta(days=2))
    last = duty.after(first, 2) - timedelta(days=1)
    for name, begins, ends, leaders, officers in SHIFTS:
        shift = teams.add_shift(area, name=name, begins=begins, ends=ends, phone=PHONE, by=by, now=now)
        for part, numbers in (("leader", leaders), ("officer", officers)):
            people = [street.people[number] for number in numbers]
            teams.rotate(shift, part=part, people=people, first=since, last=last, by=by, now=now)
    for month in sorted({since.replace(day=1), first}):
        teams.publish_month(area, month, by=by, now=now)
    day = duty.after(first) + timedelta(days=8)
    night = Shift.objects.get(area=area, name="夜班")
    leader, stranger = street.people[LEADER], street.people["BM0003"]
    teams.plan_turn(night, day, leader=leader, officers=[stranger], by=by, now=now)


def write_duty(street: Street) -> None:
    """The log of the last days, a hand-over signed by both and one that waits, and what supervision brought."""
    _log(street)
    _hand_overs(street)
    _supervision(street)


def _log(street: Street) -> None:
    area, now = street.areas[STREET], street.now
    case = Incident.objects.open().filter(is_confidential=False).order_by("-reported_at").first()
    first = None
    for hours, number, kind, words, follow in LOG:
        at = now - timedelta(hours=hours)
        about = case.number if case and kind == "incident" else ""
        facts: dict[str, Any] = {"kind": kind, "words": words, "follow": follow, "about": about}
        line = teams.write_log(area, **facts, by=street.people[number], now=at)
        first = first or (line if follow else None)
    said: dict[str, Any] = {"kind": "visit", "words": "已会同交管部门现场查看，本周划线。", "settles": first}
    teams.write_log(area, **said, by=street.people["JD0007"], now=now - timedelta(hours=1))


def _next(shift: Shift, on: date) -> tuple[Shift, date]:
    """The shift that follows."""
    other = Shift.objects.filter(area=shift.area_id).exclude(pk=shift.pk).get()
    return other, on if other.begins > shift.begins else on + timedelta(days=1)


def _hand_overs(street: Street) -> None:
    """Every shift that ended within a day is handed over; the newest still waits for its second signature."""
    area = street.areas[STREET]
    ended = duty.changes(area, street.now)
    for change in reversed(ended):
        following, on = _next(change.shift, change.on)
        incoming = following.turns.get(on=on, part="officer").person
        outgoing = change.officers[0].person
        made = teams.hand_over_shift(
            area, shift=change.shift, on=change.on, incoming=incoming, words="重点关注未签收的派单和低温天气。",
            by=outgoing, now=change.at,
        )  # fmt: skip
        if change is not ended[0]:
            teams.accept_hand_over(made, words="已逐项核对。", by=incoming, now=change.at + timedelta(minutes=12))


def _supervision(street: Street) -> None:
    """Some units have answered, one supervision is lifted, one was opened by hand, one case may leave the street."""
    people, now = street.people, street.now
    by_unit = {street.units[p.unit].pk: people[p.number] for p in PEOPLE if p.unit and p.unit in street.units}
    waiting = Supervision.objects.filter(lifted_at=None, incident__in=Incident.objects.open()).select_related(
        "incident"
    )
    answered: list[Supervision] = []
    for row in waiting.order_by("id"):
        if row.unit_id in by_unit and len(answered) < len(ANSWERS):
            words = ANSWERS[len(answered)]
            answered.append(incidents.answer_supervision(row, words=words, by=by_unit[row.unit_id], now=_ago(now, 3)))
    if len(answered) == len(ANSWERS):
        incidents.lift_supervision(
            answered[-1], words="已核实整改到位，解除督办。", by=people[PLANNER], now=_ago(now, 1)
        )
    cases = list(late(people[PLANNER]).filter(status=Status.IN_PROGRESS).order_by("reported_at"))
    if cases:
        due = timezone.localdate(now) + timedelta(days=2)
        words = "请说明超期原因，明确办结时间，两日内书面答复。"
        incidents.open_supervision(cases[-1], words=words, due_on=due, by=people[PLANNER], now=_ago(now, 2))
    worst = late(people[PLANNER]).filter(level=4).order_by("reported_at").first()
    if worst is not None:
        words = "涉及多个产权单位，提交本月联席会议。"
        incidents.decide_referral(worst, to="meeting", approve=True, words=words, by=people[LEADER], now=_ago(now, 1))


def _ago(now: datetime, hours: int) -> datetime:
    return now - timedelta(hours=hours)
