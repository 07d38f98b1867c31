"""What everyone may see of personal data."""

import pytest
from django.template import Context, Template

from gridgov.privacy import masks
from gridgov.privacy.masks import Kind


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("王小勤", Kind.NAME, "王**"),
        ("王", Kind.NAME, "王*"),
        ("欧阳长青之", Kind.NAME, "欧**"),
        ("13800000001", Kind.PHONE, "138****0001"),
        ("87651234", Kind.PHONE, "****34"),
        ("990101199808080085", Kind.ID_NUMBER, "990101********0085"),
        ("99010119980", Kind.ID_NUMBER, "***********"),
        ("武汉市洪山区某路1号", Kind.ADDRESS, "武汉市洪山区***"),
        ("anything", Kind.TEXT, "***"),
        ("", Kind.NAME, ""),
    ],
)
def test_mask_leaves_only_what_everyone_may_see(text, kind, shown):
    assert masks.mask(text, kind) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800000001找王", "电话138****0001找王"),
        ("138-0000-0001 / 138 0000 0001", "138****0001 / 138****0001"),
        ("１３８００００００01", "138****0001"),
        ("+8613800000001", "138****0001"),
        ("９９０１０１ 19980808 0085", "990101********0085"),
        ("证990101199808080085。", "证990101********0085。"),
        ("证11010519491231002x", "证110105********002x"),
        ("3栋楼道堆物，约20平方米", "3栋楼道堆物，约20平方米"),
        ("工单号20261123000000000001", "工单号20261123000000000001"),
    ],
)
def test_free_text_is_masked(text, shown):
    assert masks.mask_text(text) == shown
    assert masks.contains_personal(text) == (text != shown)


def test_filter_masks_and_escapes():
    page = Template("{% load privacy %}{{ text|masked }}").render(Context({"text": "<b>13800000001</b>"}))
    assert page == "&lt;b&gt;138****0001&lt;/b&gt;"
