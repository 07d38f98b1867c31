"""Password rules beyond Django's: words of this place, and what the dengbao3 profile adds."""

import re
import string
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridgov.privacy.crypto import normalise

WORDS = ("GRIDGOV", "WANGGE", "网格", "SHEQU", "社区", "JIEDAO", "街道")


class Length(MinimumLengthValidator):
    """Django's rule in our words: its own Chinese catalogue has lost the line."""

    def get_error_message(self) -> str:
        """Beside the field."""
        return _("Too short: at least %(count)s characters.") % {"count": self.min_length}

    def get_help_text(self) -> str:
        """One line under the field."""
        return _("At least %(count)s characters.") % {"count": self.min_length}


class ContextWords:
    """Refuses words everybody here would try first: the product's, the work's, one's own staff number."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when the password contains one of them, whatever the case or width."""
        plain = normalise(password)
        words = [*WORDS, *(normalise(getattr(user, field, "") or "") for field in ("username", "name"))]
        if any(len(word) >= 2 and word in plain for word in words):
            raise ValidationError(_("Do not use the staff number, the name or a word of this work."), "context")

    def get_help_text(self) -> str:
        """One line under the field."""
        return _("Without your staff number, your name or words like “gridgov”.")


class Dengbao3:
    """Three of four kinds of character and none of the last five passwords; only under that profile.

    OWASP ASVS 5 forbids such rules and GB/T 22239 level 3 is assessed with them, hence the switch.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError; does nothing under the modern profile."""
        if settings.SECURITY_PROFILE != "dengbao3":
            return
        kinds = (r"[a-z]", r"[A-Z]", r"\d", f"[{re.escape(string.punctuation)}]")
        if sum(re.search(kind, password) is not None for kind in kinds) < 3:
            raise ValidationError(_("Use three of these: small letters, capitals, digits, signs."), "kinds")
        if user is None or user.pk is None:
            return
        known = [user.password, *user.past_passwords.order_by("-replaced_at").values_list("password", flat=True)[:5]]
        if any(check_password(password, old) for old in known):
            raise ValidationError(_("This is one of your last five passwords."), "history")

    def get_help_text(self) -> str:
        """One line under the field; empty under the modern profile."""
        if settings.SECURITY_PROFILE != "dengbao3":
            return ""
        return _("Three of these: small letters, capitals, digits, signs. Not one of your last five.")
