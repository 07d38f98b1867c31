# ruff: noqa: E501 (tables of sample text)
"""Every part of the interface on one page a door, in Chinese as offices write it; looked at and tested, never shipped."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines

PAGES = Path(__file__).parent / "pages"
NOW = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)


class ReportForm(forms.Form):
    """One field of each kind."""

    summary = forms.CharField(
        label="情况描述", widget=forms.Textarea, help_text="写清楚是什么、在哪里；不要写居民的姓名和电话。"
    )
    address = forms.CharField(label="地点", max_length=10)
    category = forms.ChoiceField(
        label="事件类别", choices=[("", "请选择"), ("1", "市容环境 · 暴露垃圾"), ("2", "公共设施 · 井盖破损")]
    )
    heard = forms.ChoiceField(
        label="来源", choices=[("1", "巡查发现"), ("2", "居民反映"), ("3", "12345 工单")], widget=forms.RadioSelect
    )
    day = forms.DateField(label="发现日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    urgent = forms.BooleanField(label="情况紧急，需要马上处理", required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy = forms.FloatField(widget=forms.HiddenInput, required=False)


class FilterForm(forms.Form):
    """What a list is narrowed by."""

    grid = forms.ChoiceField(label="网格", choices=[("", "全部"), ("1", "湖滨社区第一网格")], required=False)
    level = forms.ChoiceField(label="时限状态", choices=[("", "全部"), ("2", "超期")], required=False)
    words = forms.CharField(label="关键词", required=False)


ROWS = [
    (
        1,
        0,
        "市容环境 · 暴露垃圾",
        "湖滨社区 7 栋 2 单元楼下",
        "垃圾桶满溢，气味大，影响二楼住户通风",
        "环卫所",
        timedelta(hours=3, minutes=25),
    ),
    (
        2,
        1,
        "公共设施 · 井盖破损",
        "解放路与学府路路口东南角",
        "雨水井盖翘起，行人绊倒风险",
        "市政所",
        timedelta(minutes=48),
    ),
    (
        3,
        2,
        "矛盾纠纷 · 邻里纠纷",
        "东湖名邸小区三期 12 栋 1 单元 1802 室门口",
        "楼上漏水，双方争执",
        "湖滨社区",
        timedelta(hours=-2),
    ),
    (
        4,
        3,
        "安全隐患 · 消防通道堵塞",
        "老机床厂宿舍北门",
        "私家车长期占用消防通道",
        "消防救援站",
        timedelta(days=-1, hours=-3),
    ),
    (
        5,
        4,
        "安全隐患 · 燃气泄漏",
        "和平里 3 栋架空层",
        "居民闻到异味，已疏散",
        "燃气公司（湖滨街道应急抢修班组）",
        timedelta(days=-3),
    ),
]


def square(lon: float, lat: float, width: float = 0.004, height: float = 0.003) -> list:
    """A rectangle as GeoJSON coordinates."""
    return [[[lon, lat], [lon + width, lat], [lon + width, lat + height], [lon, lat + height], [lon, lat]]]


def feature(geometry: str, coordinates: list, **properties: object) -> dict:
    """One GeoJSON feature."""
    return {"type": "Feature", "geometry": {"type": geometry, "coordinates": coordinates}, "properties": properties}


def collection(*features: dict) -> dict:
    """A GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def grids() -> dict:
    """Six grids side by side and two buildings."""
    names = ["第一网格", "第二网格", "第三网格", "第四网格", "第五网格", "湖滨市场专属网格"]
    cells = [
        feature(
            "Polygon",
            square(124 + 0.004 * (i % 3), 28 + 0.003 * (i // 3)),
            id=f"g{i}",
            label=name,
            kind="grid",
            url="#g",
        )
        for i, name in enumerate(names)
    ]
    houses = [
        feature("Polygon", square(124.001 + 0.002 * i, 28.001, 0.0008, 0.0003), kind="building") for i in range(2)
    ]
    return collection(*cells, *houses)


def points() -> dict:
    """One incident of each level."""
    return collection(
        *[
            feature(
                "Point",
                [124.001 + 0.002 * i, 28.0018 + 0.0006 * (i % 3)],
                id=row[0],
                label=row[2],
                level=row[1],
                url=f"#{i}",
            )
            for i, row in enumerate(ROWS)
        ]
    )


def entries(*names: tuple[str, str]) -> list[dict]:
    """Lines of the menu."""
    return [{"label": label, "icon": icon, "url": f"#{icon}"} for label, icon in names]


def context(request: HttpRequest) -> dict:
    """Everything the pages show."""
    form = ReportForm(
        {"summary": "", "address": "东湖名邸小区三期 12 栋", "category": ""} if "errors" in request.GET else None
    )
    work = entries(
        ("工作台", "home"), ("事件", "clipboard-list"), ("专项任务", "checklist"), ("巡查", "walk"), ("消息", "bell")
    )
    work[1]["current"] = True
    people = entries(
        ("区域与网格", "map-2"), ("人员与岗位", "users"), ("承办单位", "building"), ("居民与房屋", "home-heart")
    )
    return {
        "menu": [{"label": "工作", "entries": work}, {"label": "基础信息", "entries": people}],
        "unread": 12,
        "demo": True,
        "user": SimpleNamespace(name="欧阳建国", is_authenticated=True, text_size="standard", elder_mode=False),
        "form": form,
        "filters": FilterForm({"level": "2"}),
        "active": [{"label": "时限状态：超期", "url": "?"}, {"label": "网格：湖滨社区第一网格", "url": "?"}],
        "tabs": [
            {"label": "待我办", "url": "?", "count": 9, "current": True},
            {"label": "待派单", "url": "?", "count": 23, "current": False},
            {"label": "超期", "url": "?", "count": 4, "current": False},
            {"label": "全部", "url": "?", "count": None, "current": False},
        ],
        "rows": [
            {
                "id": r[0],
                "level": r[1],
                "number": f"20261123{r[0]:04}",
                "category": r[2],
                "place": r[3],
                "summary": r[4],
                "unit": r[5],
                "due": NOW + r[6],
            }
            for r in ROWS
        ],
        "now": NOW,
        "earlier": NOW - timedelta(hours=3),
        "days_ago": NOW - timedelta(days=4),
        "grids": grids(),
        "points": points(),
        "page": SimpleNamespace(previous_url="?before=x", next_url="?after=x"),
        "by_grid": {
            "kind": "bar",
            "head": "网格",
            "unit": "件",
            "stacked": True,
            "labels": ["第一网格", "第二网格", "第三网格", "第四网格", "第五网格", "湖滨市场专属网格"],
            "series": [
                {"name": "正常", "values": [12, 9, 14, 3, 6, 8], "level": 0},
                {"name": "超期", "values": [2, 0, 4, 1, 0, 1], "level": 2},
            ],
        },
        "by_day": {
            "kind": "line",
            "head": "日期",
            "unit": "件",
            "labels": [f"11-{d}" for d in range(14, 24)],
            "series": [
                {"name": "新增", "values": [12, 15, 9, 22, 18, 17, 6, 14, 19, 21]},
                {"name": "结案", "values": [10, 13, 12, 15, 20, 18, 9, 12, 16, None]},
            ],
        },
    }


@login_not_required
def styles(request: HttpRequest, door: str) -> HttpResponse:
    """The page of one door: desk, form, field, report, public, entrance."""
    page = PAGES / f"{door}.html"
    if not page.exists():
        raise Http404
    return HttpResponse(engines["django"].from_string(page.read_text()).render(context(request), request))
