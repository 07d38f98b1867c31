"""What allauth is told about this house: no e-mail, no greetings, secrets sealed, our QR codes."""

import io
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gridgov.audit.origin import current_address
from gridgov.privacy import crypto


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by our own page; allauth keeps the second step, re-authentication and the list of devices."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: the office makes accounts."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No "you have signed in": the page itself says so."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        """No account has an e-mail address."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The same address the audit trail writes."""
        return current_address() or "0.0.0.0"  # noqa: S104 - stands for "not known", nothing binds to it


class FactorAdapter(DefaultMFAAdapter):
    """Second factor: the secret is sealed like personal data, the QR is drawn by segno."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Take the newest one from the app."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a TOTP secret or recovery seed before it is stored."""
        return crypto.seal(text, "accounts.second_factor").hex()

    def decrypt(self, encrypted_text: str) -> str:
        """The counterpart of `encrypt`."""
        return crypto.unseal(bytes.fromhex(encrypted_text), "accounts.second_factor")

    def get_totp_issuer(self) -> str:
        """The name the authenticator app shows."""
        return settings.MFA_TOTP_ISSUER

    def build_totp_svg(self, url: str) -> str:
        """The QR of an authenticator secret."""
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", scale=4, xmldecl=False, light="#fff")
        return drawn.getvalue().decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No account has an e-mail address; the change is in the audit trail."""
