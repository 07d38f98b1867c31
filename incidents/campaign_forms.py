"""What the office types to ask the grids for something, and what a worker ticks at an object."""

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridgov.typed import DayField, Lines
from grids.forms import TreeChoice
from grids.models import Area
from grids.permissions import Perm, scope
from grids.thing_forms import asset_kinds, place_kinds
from incidents import asking
from incidents.actions.campaigns import Asked
from incidents.campaign_objects import KINDS, found
from incidents.forms import ManyFiles, Photos
from incidents.models import Campaign, Category
from incidents.models.campaign import of_object
from residents.models import Dwelling
from teams.models import TaskType, Unit

MOST_PHOTOS = 3  # of one object
FILTERS = tuple(dict.fromkeys(name for kind in KINDS.values() for name in kind.filters))
WORDS = {"是": "yes", "否": "no", "有": "yes", "无": "no"}


class Trees(forms.ModelMultipleChoiceField):
    """Areas as an indented tree, several of them."""

    def label_from_instance(self, area: Any) -> str:
        return "\u3000" * max(len(area.path) // 6 - 2, 0) + str(area.name)


class TaskChoice(forms.ModelChoiceField):
    """The admission list, what is barred included: choosing it says why it is refused."""

    def label_from_instance(self, task: Any) -> str:
        return f"{task.name}" if not task.refusal(timezone.localdate()) else f"{task.name} · {_('barred')}"


class ObjectsForm(forms.Form):
    """Which objects: a kind, where, and what narrows that kind. Told how many they are before anything is kept."""

    objects_kind = forms.ChoiceField(
        label=_("Objects"), choices=Campaign.Objects.choices, initial="building", widget=forms.RadioSelect
    )
    areas = Trees(
        label=_("Where"),
        queryset=Area.objects.none(),
        help_text=_("Communities or grids; everything in them is meant."),
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    names = forms.CharField(
        label=_("Only these buildings"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One name a line. Empty: all."),
    )
    floors = forms.IntegerField(label=_("Only from so many floors"), min_value=1, max_value=200, required=False)
    use = forms.ChoiceField(label=_("Only homes that are"), required=False)
    place_kind = forms.ChoiceField(label=_("Only places of the kind"), required=False)
    asset_kind = forms.ChoiceField(label=_("Only city assets of the kind"), required=False)
    text = forms.CharField(
        label=_("Only with these words"),
        max_length=40,
        required=False,
        help_text=_("In the name, the address or the number."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        self.mine = Area.objects.visible_to(user, Perm.PLAN_CAMPAIGNS).filter(retired_at=None).order_by("path")
        fields["areas"].queryset = self.mine.filter(kind__in=[Area.Kind.COMMUNITY, Area.Kind.GRID])
        fields["use"].choices = [("", _("any")), *Dwelling.Use.choices]
        fields["place_kind"].choices = [("", _("any")), *place_kinds()]
        fields["asset_kind"].choices = [("", _("any")), *asset_kinds()]

    @property
    def which(self) -> list[dict[str, Any]]:
        """The fields that choose objects, each with the kinds it is for."""
        return [{"field": self[name], "kinds": _kinds_of(name)} for name in ObjectsForm.base_fields]

    def found(self) -> Any:
        """The objects that fit."""
        return found(self.cleaned_data["objects_kind"], self.cleaned_data["areas"], self.cleaned_data)


def _kinds_of(name: str) -> str:
    """The kinds that a filter narrows, "" for what is asked of all."""
    return " ".join(kind.key for kind in KINDS.values() if name in kind.filters)


class CampaignForm(ObjectsForm):
    """Which objects, which questions, until when."""

    area = TreeChoice(label=_("Who asks: area"), queryset=Area.objects.none(), empty_label=None)
    task_type = TaskChoice(
        label=_("Task"), queryset=TaskType.objects.none(), required=False, empty_label=_("not on the list")
    )
    title = forms.CharField(label=_("Title"), max_length=40)
    purpose = forms.CharField(label=_("What it is for"), max_length=300, required=False)
    due_on = DayField(label=_("To be done by"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        fields: Any = self.fields
        fields["area"].queryset = self.mine.filter(path__in=scope(user).paths(Perm.PLAN_CAMPAIGNS))
        fields["task_type"].queryset = TaskType.objects.visible_to(user).order_by("-admitted", "code")
        offered = Category.objects.offered().select_related("major").order_by("code")
        categories = [("", "—"), *((one.code, f"{one.code} {one.label}") for one in offered)]
        for nth in range(1, asking.MOST_ITEMS + 1):
            fields[f"label{nth}"] = forms.CharField(label=_("Question"), max_length=60, required=nth == 1)
            fields[f"kind{nth}"] = forms.ChoiceField(label=_("Answer"), choices=list(asking.KINDS.items()))
            fields[f"choices{nth}"] = forms.CharField(label=_("Choices"), max_length=200, required=False)
            fields[f"abnormal{nth}"] = forms.CharField(label=_("Finding if"), max_length=100, required=False)
            fields[f"category{nth}"] = forms.ChoiceField(label=_("Reported as"), choices=categories, required=False)

    @property
    def plain(self) -> list[Any]:
        """The fields above the checklist."""
        return [self[name] for name in ("area", "task_type", "title", "purpose", "due_on")]

    @property
    def questions(self) -> list[dict[str, Any]]:
        """The rows of the checklist."""
        names = ("label", "kind", "choices", "abnormal", "category")
        rows = range(1, asking.MOST_ITEMS + 1)
        return [{"nth": nth, "fields": [self[f"{name}{nth}"] for name in names]} for nth in rows]

    def items(self) -> list[dict[str, Any]]:
        """The questions that were filled in."""
        clean, found = self.cleaned_data, []
        for nth in range(1, asking.MOST_ITEMS + 1):
            if clean.get(f"label{nth}"):
                abnormal = [WORDS.get(one, one) for one in _parts(clean[f"abnormal{nth}"])]
                item = {"kind": clean[f"kind{nth}"], "label": clean[f"label{nth}"].strip()}
                choices = _parts(clean[f"choices{nth}"]) if item["kind"] == "choice" else []
                found.append(item | {"choices": choices, "abnormal": abnormal, "category": clean[f"category{nth}"]})
        return found

    def clean(self) -> dict[str, Any]:
        """A finding must be an answer that can be given."""
        clean = super().clean() or {}
        for nth in range(1, asking.MOST_ITEMS + 1):
            given = [WORDS.get(one, one) for one in _parts(clean.get(f"abnormal{nth}") or "")]
            kind, choices = clean.get(f"kind{nth}"), _parts(clean.get(f"choices{nth}") or "")
            allowed = {"yes_no": ["yes", "no"], "choice": choices, "words": []}.get(kind or "", given)
            if set(given) - set(allowed) or (kind == "number" and not all(one.isdigit() for one in given[:1])):
                self.add_error(f"abnormal{nth}", _("This is not an answer to the question."))
            if given and not clean.get(f"category{nth}"):
                self.add_error(f"category{nth}", _("Say what such a finding is reported as."))
        return clean

    def asked(self) -> Asked:
        """The question to the grids, with the objects that fit."""
        clean = self.cleaned_data
        facts: dict[str, Any] = {name: clean[name] for name in ("title", "task_type", "due_on", "purpose")}
        found: dict[str, Any] = {"items": self.items(), "unit": _unit(clean["area"]), "chosen": self._chosen()}
        return Asked(**facts, **found, **self._objects())

    def _chosen(self) -> dict[str, Any]:
        """How the objects were chosen, so that a draft opens again as it was."""
        clean = self.cleaned_data
        plain = {name: clean[name] for name in FILTERS if clean[name]}
        return plain | {"areas": [area.pk for area in clean["areas"]]}

    def _objects(self) -> dict[str, Any]:
        return {f"{self.cleaned_data['objects_kind']}s": self.found()}


def _unit(area: Area) -> Unit | None:
    return Unit.objects.desk_of(area)


def _parts(text: str) -> list[str]:
    """Words between commas, Chinese or not, or slashes."""
    return [part.strip() for part in re.split(r"[,，、/;；]", text) if part.strip()]


def initial_of(campaign: Campaign) -> dict[str, Any]:
    """A draft as its form shows it again."""
    facts = ("area", "task_type", "title", "purpose", "due_on", "objects_kind")
    found: dict[str, Any] = {name: getattr(campaign, name) for name in facts}
    found["areas"] = list(
        campaign.targets.annotate(grid=of_object("area_id")).values_list("grid", flat=True).distinct()
    )
    found |= campaign.chosen
    for nth, item in enumerate(campaign.items, 1):
        found |= {f"label{nth}": item["label"], f"kind{nth}": item["kind"], f"category{nth}": item["category"]}
        found |= {f"choices{nth}": "、".join(item["choices"]), f"abnormal{nth}": "、".join(item["abnormal"])}
    return found


class CheckForm(forms.Form):
    """What was seen at one object: a field for each question, and whether what was wrong is put right already."""

    words = Lines(label=_("Words"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    rectified = forms.BooleanField(label=_("Put right on the spot"), required=False)
    photos = Photos(most=MOST_PHOTOS, label=_("Photos"), required=False, widget=ManyFiles(attrs={"accept": "image/*"}))
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, items: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for nth, item in enumerate(items):
            fields[f"item{nth}"] = _field(item)

    @property
    def questions(self) -> list[Any]:
        """The fields of the checklist."""
        return [self[name] for name in self.fields if name.startswith("item")]

    def payload(self, target: Any) -> dict[str, Any]:
        """In the shape the phone's own script gives it."""
        clean = self.cleaned_data
        answers = [clean[name] if clean[name] != "" else None for name in self.fields if name.startswith("item")]
        said = {"answers": answers, "rectified": clean["rectified"], "words": clean["words"]}
        return {"target": str(target.pk), **said}


def _field(item: dict[str, Any]) -> forms.Field:
    label = item["label"]
    if item["kind"] == "number":
        return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, required=False)
    if item["kind"] == "words":
        return forms.CharField(label=label, max_length=asking.LONGEST_WORDS, required=False)
    pairs = [(one, asking.shown(item, one)) for one in (item["choices"] or ["yes", "no"])]
    return forms.ChoiceField(label=label, choices=pairs, widget=forms.RadioSelect)
