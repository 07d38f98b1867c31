"""The yearly arrangement as it arrives is understood: the notice as text, a table as file."""

import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from openpyxl import Workbook

from gridgov.clock.arrangements import from_file, from_notice, is_notice
from gridgov.clock.proposals import parse
from gridgov.clock.seed import OFFICE_HOURS, _exceptions

WEEK = [OFFICE_HOURS] * 5 + [[], []]
NOTICE = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""


def test_the_notice_of_2026_says_what_the_calendar_knows():
    assert is_notice(NOTICE)
    found = parse(from_notice(NOTICE, 2026), 2026, WEEK)
    known = {day: entry["segments"] for day, entry in _exceptions().items() if day.startswith("2026")}
    weekend = {day for day in found if date.fromisoformat(day).weekday() >= 5 and not found[day]["segments"]}
    assert {day: e["segments"] for day, e in found.items() if day not in weekend or day in known} == known
    assert found["2026-02-17"]["label"] == "春节"


def test_a_single_day_and_a_date_that_does_not_exist():
    assert from_notice("元旦：1月1日（周三）放假1天，不调休。", 2025) == "2025-01-01 放假 元旦"
    with pytest.raises(ValidationError):
        from_notice("春节：2月30日放假。", 2027)


@pytest.mark.parametrize(
    "words",
    [
        "2022年12月31日至2023年1月2日放假调休，共3天。",  # the notice of 2023 as it was
        "2022年12月31日至1月2日放假调休，共3天。",
        "12月31日至1月2日放假调休，共3天。",
        "12月31日（周六）至2023年1月2日（周一）放假调休，共3天。",
    ],
)
def test_a_holiday_over_new_year_closes_what_lies_in_the_year(words):
    assert from_notice(f"一、元旦：{words}", 2023) == "2023-01-01..2023-01-02 放假 元旦"


def test_a_notice_is_read_in_the_readers_words_and_no_run_is_cut_short():
    with override("en"):
        assert from_notice("元旦：1月1日放假。1月4日上班。", 2025) == "2025-01-01 closed 元旦\n2025-01-04 open"
    with pytest.raises(ValidationError):
        parse(from_notice("春节：2027年2月1日至2027年5月1日放假。", 2027), 2027, WEEK)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2012年1月1日至3日放假调休，共3天。2011年12月31日（星期六）上班。", "2011-12-31"),  # as it was
        ("2026年12月31日（周四）至2027年1月2日放假。", "2026-12-31"),
    ],
)
def test_what_a_notice_says_of_the_year_before_is_named_and_not_lost(words, day):
    year = int(day[:4]) + 1
    with pytest.raises(ValidationError, match=day):
        parse(from_notice(f"一、元旦：{words}", year), year, WEEK)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_becomes_lines(encoding):
    text = "日期,类型,名称\n2027/2/6,上班,\n2027-02-08,放假,春节\n"
    assert from_file("2027.csv", text.encode(encoding)) == "2027-2-6 上班\n2027-02-08 放假 春节"


def test_a_workbook_becomes_lines_and_anything_else_is_refused():
    book, out = Workbook(), io.BytesIO()
    for row in (["日期", "类型", "名称"], [date(2027, 2, 6), "上班", None], ["2027-02-08", "放假", "春节"]):
        book.active.append(row)
    book.save(out)
    assert from_file("2027.xlsx", out.getvalue()) == "2027-02-06 上班\n2027-02-08 放假 春节"
    with pytest.raises(ValidationError):
        from_file("2027.xlsx", b"not a workbook")


def test_of_a_wrong_file_the_first_lines_are_named_and_the_others_counted():
    with pytest.raises(ValidationError) as refused:
        parse("no arrangement\n" * 5_000, 2027, WEEK)
    assert len(refused.value.messages) == 11
    assert "4990" in refused.value.messages[-1]
