"""The questions that people of the demo street ask again and again, kept as views of the list."""

from assessment.demo import people as cast
from assessment.demo.street import Street
from incidents.actions import views

VIEWS = {  # staff number → name and question
    "JD0002": (
        ("今日到期", "tab=all&due=today&sort=due"),
        ("消防通道和楼道", "tab=all&category=03&status=open"),
        ("秋实社区在办", "tab=all&area={autumn}&status=open"),
        ("供暖投诉", "tab=all&q=供暖&reported=30"),
    ),
    "JD0001": (("严重超期", "tab=all&status=very_late"), ("本周来电", "tab=all&reported=7")),
    "SQ0001": (("待核查", "tab=all&status=to_verify"), ("本周新增", "tab=all&reported=7")),
    "BM0003": (("近30天", "tab=all&reported=30"),),
}


def keep_views(street: Street) -> None:
    """As each of them would have saved it."""
    known = {"autumn": street.areas[cast.AUTUMN].path}
    for number, questions in VIEWS.items():
        for name, question in questions:
            views.save_view(name, question.format(**known), by=street.people[number], now=street.now)
