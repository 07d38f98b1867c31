"""The warning about numbers in free text: once, and nothing typed is lost."""

from django import forms

from gridgov.privacy.forms import PersonalWarning


class Words(PersonalWarning):
    watched = ("text",)

    text = forms.CharField()


def test_warns_once_then_accepts():
    first = Words({"text": "找王师傅13800000001"})
    assert not first.is_valid()
    assert first.errors.as_data()["text"][0].code == "personal"
    assert first["text"].value() == "找王师傅13800000001"
    second = Words({"text": "找王师傅13800000001", "personal_seen": first["personal_seen"].value()})
    assert second.is_valid()
    assert second.cleaned_data["text"] == "找王师傅13800000001"


def test_plain_words_pass_at_once():
    assert Words({"text": "3栋楼道堆物"}).is_valid()
