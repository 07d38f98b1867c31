"""What people type into the pages about the duty roster, the log and the hand-over."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.accounts.models import User
from gridgov.look import weekday
from gridgov.privacy.forms import PersonalWarning
from gridgov.typed import DayField, MomentField
from grids.models import Area
from grids.permissions import Perm
from teams.duty import FIELD_ROLES
from teams.models import Assignment, DutyEntry, DutyTurn, Shift
from teams.roles import ROLES, Role


def staff(area: Area, on: date, *, log: bool = False) -> list[tuple[int, str]]:
    """(id, name and role) of who may be entered for a street: its staff and units, leaders first, no field workers.

    `log`: only those whose post keeps the log there. One query.
    """
    posts = Assignment.objects.on(on).filter(area_path__startswith=area.path)
    posts = posts.exclude(role__in=FIELD_ROLES).filter(user__is_active=True).select_related("user", "unit")
    found: dict[int, tuple[bool, str]] = {}
    for post in posts.order_by("area_path", "unit__code", "id"):
        keeps = Perm.KEEP_DUTY_LOG in ROLES[post.role].perms and area.path.startswith(post.area_path)
        if ROLES[post.role].alone or (log and not keeps):
            continue
        where = post.unit.name if post.unit else post.get_role_display()
        found.setdefault(post.user_id, (post.role != Role.LEADER, f"{post.user.name} · {where}"))
    return [(pk, label) for pk, (_late, label) in sorted(found.items(), key=lambda item: item[1][0])]


class PersonChoice(forms.TypedChoiceField):
    """One of the staff; answers with the person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=lambda pk: User.objects.get(pk=pk), empty_value=None, **kwargs)


class PeopleChoice(forms.TypedMultipleChoiceField):
    """Several of the staff, in the order of the list; answers with the people."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=[], **kwargs)

    def clean(self, value: Any) -> list[User]:
        """The people behind the numbers."""
        keys = super().clean(value)
        people = User.objects.in_bulk(keys)
        return [people[key] for key in keys]


def offer(form: forms.Form, people: list[tuple[int, str]], /, **names: bool) -> None:
    """Give fields their choices; True leaves an empty one."""
    for name, empty in names.items():
        field: Any = form.fields[name]
        field.choices = [("", "—"), *people] if empty else people


class ShiftForm(forms.Form):
    """A shift and its hours."""

    name = forms.CharField(label=pgettext_lazy("shift", "Name"), max_length=20)
    begins = forms.TimeField(label=_("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label=_("Ends"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("Earlier than the beginning: the shift goes on into the next day."),
    )
    phone = forms.CharField(label=_("Phone of the duty room"), max_length=32, required=False)


class TurnForm(forms.Form):
    """Who takes a shift on a day."""

    leader = PersonChoice(label=_("Leader of the shift"), required=False)
    officers = PeopleChoice(label=_("On duty"), required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, people, leader=True, officers=False)


class CopyWeekForm(forms.Form):
    """From which week to which."""

    source = DayField(label=_("Copy the week of"))
    target = DayField(label=_("into the week of"), help_text=_("Only empty cells are filled; nothing is replaced."))


class RotateForm(forms.Form):
    """Who takes turns at what, from when until when."""

    shift = forms.ModelChoiceField(label=_("Shift"), queryset=Shift.objects.none(), empty_label=None)
    part = forms.ChoiceField(label=_("As"), choices=DutyTurn.Part.choices, initial=DutyTurn.Part.OFFICER)
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    people = PeopleChoice(
        label=_("Take turns, a day each"), help_text=_("In the order of this list, beginning again at its end.")
    )

    def __init__(self, *args: Any, area: Area, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shift"].queryset = Shift.objects.filter(area=area, retired_at=None)  # type: ignore[attr-defined]
        offer(self, people, people=False)


class SwapForm(forms.Form):
    """With which other turn."""

    other = forms.ModelChoiceField(label=_("Change places with"), queryset=DutyTurn.objects.none(), empty_label="—")

    def __init__(self, *args: Any, turn: DutyTurn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        near = DutyTurn.objects.of(turn.shift.area, turn.on - timedelta(days=31), turn.on + timedelta(days=31))
        field.queryset = near.filter(part=turn.part).exclude(person=turn.person_id)
        field.label_from_instance = lambda one: (
            f"{one.on:%m-%d} {weekday(datetime.combine(one.on, one.shift.begins))} {one.shift.name} · {one.person.name}"
        )


class LogForm(PersonalWarning):
    """One line of the log."""

    watched = ("words",)
    kind = forms.ChoiceField(label=pgettext_lazy("log", "Kind"), choices=DutyEntry.Kind.choices)
    at = MomentField(label=_("When"))
    words = forms.CharField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Lines cannot be changed or removed. Phone and identity numbers are masked before they are kept."),
    )
    about = forms.CharField(label=_("Incident number"), max_length=24, required=False)
    follow = forms.BooleanField(label=_("To be followed by the next shift"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = timezone.localtime()


class HandOverForm(PersonalWarning):
    """Which shift goes to whom, with which words."""

    watched = ("words",)
    change = forms.ChoiceField(label=_("Shift"))
    incoming = PersonChoice(label=_("Who takes over"))
    words = forms.CharField(
        label=_("Words for the next shift"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, shifts: list[tuple[str, str]], people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["change"]
        field.choices = shifts
        offer(self, people, incoming=True)


class AnswerForm(PersonalWarning):
    """Words with a signature or a refusal."""

    watched = ("words",)
    words = forms.CharField(label=_("Words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
