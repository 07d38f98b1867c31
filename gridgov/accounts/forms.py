"""Forms of the sign-in door and of the page of one's own account."""

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as factor
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gridgov.accounts import lockout
from gridgov.dbtime import now

PASSWORD_INPUT = {"autocomplete": "current-password"}
NEW_PASSWORD_INPUT = {"autocomplete": "new-password"}


def locked_message(locked: lockout.Locked) -> str:
    """What somebody is told who has to wait; the same for known and unknown names."""
    text = ngettext(
        "Too many attempts. Try again in %(minutes)s minute, or ask your office to reset the password.",
        "Too many attempts. Try again in %(minutes)s minutes, or ask your office to reset the password.",
        locked.minutes,
    )
    return text % {"minutes": locked.minutes}


def _password(*, label: Any = None, **attrs: Any) -> forms.CharField:
    """The password one has; `attrs` go to its input."""
    return forms.CharField(
        label=label or _("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={**PASSWORD_INPUT, **attrs}),
        error_messages={"required": _("Type your password.")},
    )


class SignInForm(forms.Form):
    """Staff number or phone, and password."""

    login = forms.CharField(
        label=_("Staff number or phone"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
        error_messages={"required": _("Type your staff number or phone.")},
    )
    password = _password()


class PasswordForm(forms.Form):
    """The password again, before something delicate."""

    password = _password(autofocus=True)


PIN_INPUT = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 6, "class": "input pin-input"}


class PinForm(forms.Form):
    """The PIN of this phone."""

    pin = forms.CharField(
        label=_("PIN"),
        max_length=6,
        widget=forms.PasswordInput(attrs={**PIN_INPUT, "autofocus": True}),
        error_messages={"required": _("Type the six digits.")},
    )


class ChoosePinForm(forms.Form):
    """The password once more, and six digits of one's own choice."""

    password = _password()
    pin = forms.CharField(
        label=_("New PIN"),
        max_length=6,
        help_text=_("Six digits, not in a row and not all the same."),
        widget=forms.PasswordInput(attrs=PIN_INPUT),
        error_messages={"required": _("Type the six digits.")},
    )
    lock = forms.UUIDField(required=False, widget=forms.HiddenInput)  # filled in by the phone (field.js)


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new_password = forms.CharField(
        label=_("New password"), strip=False, max_length=256, widget=forms.PasswordInput(attrs=NEW_PASSWORD_INPUT)
    )
    repeated = forms.CharField(
        label=_("New password again"), strip=False, max_length=256, widget=forms.PasswordInput(attrs=NEW_PASSWORD_INPUT)
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["new_password"].help_text = " ".join(text for text in password_validators_help_texts() if text)

    def clean_new_password(self) -> str:
        """The password, when it satisfies every rule; else each rule it breaks."""
        password = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        return password

    def clean_repeated(self) -> str:
        """Typed the same twice."""
        first, second = self.cleaned_data.get("new_password"), self.cleaned_data["repeated"]
        if first is not None and first != second:
            raise ValidationError(gettext("The two passwords differ."))
        return second


class ChangePasswordForm(NewPasswordForm):
    """One's own password: the current one first."""

    field_order = ("password", "new_password", "repeated")
    password = _password(label=_("Current password"))


class _CountedCode:
    """Counts wrong codes like wrong passwords, in the database."""

    user: Any

    def clean_code(self) -> str:
        """The code, when it is right and there are not too many wrong ones."""
        try:
            lockout.begin_factor(self.user, now=now(context.request))
        except lockout.Locked as locked:
            raise ValidationError(locked_message(locked)) from None
        code: str = super().clean_code()  # type: ignore[misc]
        lockout.forgive_factor(self.user)
        return code


class FactorForm(_CountedCode, factor.AuthenticateForm):
    """The second step of signing in."""


class FactorAgainForm(_CountedCode, factor.ReauthenticateForm):
    """A code again, before something delicate."""
