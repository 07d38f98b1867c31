"""What a checklist may ask, and which answers are findings."""

import pytest
from django.core.exceptions import ValidationError

from incidents import asking
from tests.incidents.asked import item


@pytest.mark.parametrize(
    "label",
    [
        *("住址", "详细地址", "门牌号", "所属网格", "网格名称", "所在社区", "楼栋名称", "楼号", "单元号", "房号"),
        *("楼层数", "户数", "有多少户", "常住人数", "户主姓名", "联系电话", "手机号", "身份证号", "经纬度"),
        *("检查日期", "检查人", "填报人", "Address", "Which grid is it in?", "Building name"),
        *("Number of households", "Phone of the owner", "Checked by"),
    ],
)  # fmt: skip
def test_a_question_for_what_the_system_knows_is_refused(label):
    assert asking.known_in(label)
    with pytest.raises(ValidationError):
        asking.check([item(label, "words", ())])


@pytest.mark.parametrize(
    "label", ["是否信教", "有无上访人员", "吸毒人员数量", "民族", "精神障碍患者", "Religion", "刑释人员"]
)
def test_what_no_list_may_say_is_refused(label):
    assert asking.fault_of(item(label, "words", ()))
    assert asking.fault_of(item("类别", "choice", (), choices=("其他", label)))


@pytest.mark.parametrize(
    "label",
    ["有电动车在楼道充电吗", "充电桩数量", "灭火器是否过期", "飞线充电几处", "疏散通道是否畅通", "Is the exit free?"],
)
def test_what_only_a_look_can_tell_may_be_asked(label):
    assert asking.fault_of(item(label)) == ""


@pytest.mark.parametrize("count", [0, 6])
def test_a_checklist_has_one_to_five_questions(count):
    with pytest.raises(ValidationError):
        asking.check([item()] * count)


@pytest.mark.parametrize(
    ("question", "answer", "wrong"),
    [
        (item(), "yes", True),
        (item(), "no", False),
        (item("数量", "number", ("3",)), 3, True),
        (item("数量", "number", ("3",)), 2, False),
        (item("数量", "number", ("3",)), None, False),
        (item("状况", "choice", ("坏",), choices=("好", "坏")), "坏", True),
        (item("备注", "words", ()), "坏", False),
    ],
)
def test_which_answers_are_findings(question, answer, wrong):
    assert asking.is_abnormal(question, answer) == wrong
