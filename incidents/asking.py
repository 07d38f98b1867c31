"""What a checklist may not ask: what the system knows, and what nobody's file may say.

The measure behind it (docs/domain.md §0, first of the five prohibitions): no repeated reporting. A question is refused
when it is configured, before anybody has walked for it.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_ITEMS = 5
KINDS: dict[str, str | Promise] = {
    "yes_no": gettext_lazy("Yes or no"),
    "choice": gettext_lazy("One of several"),
    "number": gettext_lazy("A number"),
    "words": gettext_lazy("A few words"),
}
LONGEST_WORDS = 100

# What the system knows of a building or dwelling, its people and the visit itself → the words that ask for it.
KNOWN: tuple[tuple[str | Promise, str, str], ...] = (
    (gettext_lazy("address"), r"地址|住址|门牌", r"address(es)?|house number"),
    (
        gettext_lazy("grid"),
        r"(所属|哪个|属于|所在).{0,2}网格|网格(名称|编号|编码|号)",
        r"which grid|name of( the)? grid|grid (name|code|number)",
    ),
    (
        gettext_lazy("community or street"),
        r"(所属|哪个|所在).{0,2}(社区|街道)|(社区|街道)名称?$",
        r"(which|name of( the)?) (community|street)|community name",
    ),
    (
        gettext_lazy("name of the building"),
        r"(楼栋|楼宇|小区|建筑)(名称?|编号|号)|楼号|栋号|幢号",
        r"building (name|number)|name of( the)? building",
    ),
    (gettext_lazy("entrance or room"), r"单元号|房号|房间号", r"room number|entrance number"),
    (
        gettext_lazy("number of entrances or floors"),
        r"(几|多少)个?(层|单元)|(楼层|单元|层)数",
        r"(number of|how many) (floors|storeys|entrances)",
    ),
    (
        gettext_lazy("number of households or persons"),
        r"户数|(总|常住|居住|人口)人数|人口数|(多少|几)(户|口人|个?人住)",
        r"(number of|how many) (households|persons|people|residents)|households",
    ),
    (
        gettext_lazy("name of a resident"),
        r"姓名|户主|房主名|业主名",
        r"(resident|owner|householder)('s)? name|name of( the)? (resident|owner|householder)",
    ),
    (gettext_lazy("phone"), r"电话|手机|联系方式", r"phone|mobile|telephone"),
    (gettext_lazy("identity number"), r"身份证|证件号", r"id(entity)? (number|card)"),
    (gettext_lazy("position"), r"经纬度|坐标|定位", r"coordinates|longitude|latitude"),
    (
        gettext_lazy("time of the visit"),
        r"(检查|排查|走访|巡查|填报|上门)(日期|时间)|^(日期|时间)$",
        r"(date|time) of (the )?(check|visit)",
    ),
    (
        gettext_lazy("who is looking"),
        r"(检查|排查|走访|巡查|填报|填表|上门)人|网格员(姓名|名)",
        r"(checked|filled in|visited) by|name of( the)? worker",
    ),
)
# docs/domain.md §4.1: blocked by name.
BLOCKED = (
    r"上访|信访人|邪教|法轮|宗教|信教|信仰|民族|艾滋|HIV|吸毒|戒毒|社矫|社区矫正|刑释|刑满|精神障碍|精神病|"
    r"\b(petitioners?|religio(n|us)|ethnic(ity)?|AIDS|drug (use|user|addict)s?|mental (illness|disorder))\b"
)  # fmt: skip


def known_in(text: str) -> str:
    """What the system knows already and `text` asks for; "" when nothing."""
    plain = " ".join(text.split())
    return next((str(what) for what, zh, en in KNOWN if re.search(rf"{zh}|\b({en})\b", plain, re.IGNORECASE)), "")


def is_blocked(text: str) -> bool:
    """Whether `text` speaks of what no list may speak of."""
    return re.search(BLOCKED, text, re.IGNORECASE) is not None


def fault_of(item: dict[str, Any]) -> str:
    """Why a question may not be asked, in plain words; "" when it may."""
    label = item["label"]
    if any(is_blocked(text) for text in (label, *item["choices"])):
        return _("“%(item)s” asks for something that no list may ask for.") % {"item": label}
    known = known_in(label)
    if known:
        return _("“%(item)s”: the system knows this already (%(what)s). Leave it out.") % {"item": label, "what": known}
    if item["kind"] == "choice" and len(item["choices"]) < 2:
        return _("“%(item)s” needs at least two choices.") % {"item": label}
    return ""


def check(items: list[dict[str, Any]]) -> None:
    """Raise ValidationError (code "item") unless every question may be asked and there are one to five of them."""
    if not 1 <= len(items) <= MOST_ITEMS:
        raise ValidationError({"items": _("A checklist has one to five questions.")})
    faults = [fault for fault in map(fault_of, items) if fault]
    if faults:
        raise ValidationError({"items": [ValidationError(fault, code="item") for fault in faults]})


def _answer(item: dict[str, Any], given: Any) -> Any:
    if given in (None, ""):
        return None
    kind = item["kind"]
    text = str(given).strip()
    if kind == "number":
        try:
            value = int(text)
        except ValueError:
            value = -1
        if not 0 <= value <= 1_000_000:
            raise ValidationError({"answers": _("“%(item)s” needs a number.") % {"item": item["label"]}})
        return value
    allowed = ["yes", "no"] if kind == "yes_no" else item["choices"]
    if kind in ("yes_no", "choice") and text not in allowed:
        raise ValidationError({"answers": _("“%(item)s” has other answers.") % {"item": item["label"]}})
    return text[:LONGEST_WORDS]


def read(items: list[dict[str, Any]], given: Any) -> list[Any]:
    """The answers in the order of the checklist. Choices must be made; words and numbers may be left out."""
    if not isinstance(given, list) or len(given) != len(items):
        raise ValidationError({"answers": _("The answers do not fit the checklist.")})
    answers = [_answer(item, one) for item, one in zip(items, given, strict=True)]
    for item, answer in zip(items, answers, strict=True):
        if answer is None and item["kind"] in ("yes_no", "choice"):
            raise ValidationError({"answers": _("Please answer “%(item)s”.") % {"item": item["label"]}})
    return answers


def is_abnormal(item: dict[str, Any], answer: Any) -> bool:
    """Whether an answer is a finding: one of those named, or a number from the one named upwards."""
    if answer is None or not item["abnormal"]:
        return False
    if item["kind"] == "number":
        return int(answer) >= int(item["abnormal"][0])
    return answer in item["abnormal"]


def shown(item: dict[str, Any], answer: Any) -> str:
    """An answer as it is read."""
    if answer is None:
        return "—"
    return str({"yes": _("yes"), "no": _("no")}.get(answer, answer)) if item["kind"] == "yes_no" else str(answer)


def found(items: list[dict[str, Any]], answers: list[Any]) -> list[tuple[dict[str, Any], Any]]:
    """The questions whose answers are a finding."""
    return [(item, answer) for item, answer in zip(items, answers, strict=True) if is_abnormal(item, answer)]
