"""What people type into the pages about posts, people and units."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.accounts.models import User
from gridgov.typed import DayField
from grids.forms import TreeChoice
from grids.models import Area
from grids.permissions import Perm
from teams.absence import candidates
from teams.actions.exceptions import NEVER_BY_EXCEPTION
from teams.models import Unit, people_visible_to
from teams.roles import Role


class AppointForm(forms.Form):
    """Which post, where, for whom, from when."""

    role = forms.ChoiceField(label=_("Role"), choices=[("", "—"), *Role.choices])
    area = TreeChoice(label=_("Area"), queryset=Area.objects.none())
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label="—", required=False)
    since = DayField(label=_("From"))
    until = DayField(label=_("Until"), required=False, help_text=_("The first day without the post. Empty: no end."))
    is_head = forms.BooleanField(label=_("Heads the unit"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.visible_to(by, Perm.APPOINT).standing()  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.visible_to(by).standing()  # type: ignore[attr-defined]
        self.fields["since"].initial = timezone.localdate()


class EndForm(forms.Form):
    """From which day a post is no longer held."""

    on = DayField(label=_("Ends on"), help_text=_("The first day without the post."))


class HandOverForm(forms.Form):
    """To whom, from when."""

    successor = forms.ModelChoiceField(label=_("Successor"), queryset=User.objects.none(), empty_label="—")
    on = DayField(label=_("From"), help_text=_("Open work goes with the post on this day."))

    def __init__(self, *args: Any, by: User, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_visible_to(by, Perm.APPOINT).filter(is_active=True).exclude(pk__in=[user.pk, by.pk])
        self.fields["successor"].queryset = people.only("name", "username").order_by("name")  # type: ignore[attr-defined]
        self.fields["on"].initial = timezone.localdate()


class PersonForm(forms.Form):
    """A new person, or a corrected one."""

    username = forms.CharField(label=_("Staff number"), max_length=64, help_text=_("What the person signs in with."))
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=80)
    phone = forms.CharField(
        label=_("Mobile phone"), max_length=20, required=False, help_text=_("May be used to sign in as well.")
    )


class UnitForm(forms.Form):
    """A unit; kind, area and code are settled when it is founded."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=Unit.Kind.choices)
    area = TreeChoice(label=_("Works in"), queryset=Area.objects.none())
    code = forms.CharField(label=_("Code"), max_length=32, required=False, help_text=_("Empty: a code is made."))
    parent = forms.ModelChoiceField(
        label=_("Belongs to"), queryset=Unit.objects.none(), empty_label="—", required=False
    )
    phone = forms.CharField(label=_("Office phone"), max_length=32, required=False)
    is_desk = forms.BooleanField(
        label=_("Takes reports"),
        required=False,
        help_text=_("The desk that accepts, files and dispatches in its area."),
    )

    def __init__(self, *args: Any, by: User, unit: Unit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.visible_to(by, Perm.EDIT_UNITS).standing()  # type: ignore[attr-defined]
        self.fields["parent"].queryset = Unit.objects.visible_to(by, Perm.EDIT_UNITS).standing()  # type: ignore[attr-defined]
        if unit is not None:
            for name in ("kind", "area", "code"):
                del self.fields[name]


class ExceptionForm(forms.Form):
    """One right on one area, why and until when."""

    perm = forms.ChoiceField(
        label=_("Right"), choices=[(p.value, p.label) for p in Perm if p not in NEVER_BY_EXCEPTION]
    )
    area = TreeChoice(label=_("Area"), queryset=Area.objects.none())
    reason = forms.CharField(label=_("Reason"), max_length=200)
    until = DayField(label=_("Until"), help_text=_("The first day without the right."))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.visible_to(by, Perm.APPOINT).standing()  # type: ignore[attr-defined]
        self.fields["until"].initial = timezone.localdate() + timedelta(days=30)


class LeaveForm(forms.Form):
    """Who stands in, from when to when."""

    since_on = DayField(label=_("First day"))
    last_on = DayField(
        label=_("Last day"), help_text=_("From the next day on everything is as before; nothing has to be done.")
    )
    substitute = forms.ModelChoiceField(
        label=_("Substitute"),
        queryset=User.objects.none(),
        empty_label="—",
        help_text=_("Somebody who may do the same work by a post of their own: a leave gives no rights."),
    )
    instead = forms.TypedChoiceField(
        label=_("Messages and reminders go to"),
        coerce=lambda value: value == "instead",
        widget=forms.RadioSelect,
        choices=[("too", _("both")), ("instead", _("only the substitute; emergencies to both"))],
        initial="too",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        people = candidates(user, today)
        field: Any = self.fields["substitute"]
        field.queryset = User.objects.filter(pk__in=[one.pk for one in people])
        field.choices = [("", _("choose")), *((one.pk, one.name) for one in people)]
        self.fields["since_on"].initial = self.fields["last_on"].initial = today
