"""E-mail by the server of GRIDGOV_MAIL_URL."""

import hashlib
import smtplib
from collections.abc import Collection
from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from gridgov.accounts.models import User
from gridgov.notices.channels import Parcel
from gridgov.notices.models import Mailbox
from gridgov.outside.trouble import Refused, Trouble, Unreachable, Why


def _refusal(code: int) -> Trouble:
    if code in (550, 551, 553):
        return Refused(Why.ADDRESS, code)
    return Refused(Why.CONTENT, code) if code in (552, 554) else Trouble(Why.STATUS, code)


class Mail:
    """By default nothing goes this way at once: it is the place for the daily digest."""

    name = "mail"
    label = _("E-mail")
    at_once: ClassVar[frozenset[str]] = frozenset()

    def reaches(self, users: Collection[User]) -> set[int]:
        """Who has confirmed an address."""
        return set(Mailbox.objects.confirmed().filter(user__in=users).values_list("user_id", flat=True))

    def address(self, user: User) -> tuple[str, ...]:
        """The confirmed address."""
        return Mailbox.objects.confirmed().address_of(user)

    def deliver(self, parcel: Parcel) -> None:
        """One mail; its Message-ID comes from the key, so that mail servers drop a repetition."""
        host = urlsplit(settings.OUTSIDE.site_url).hostname
        name = hashlib.sha256(parcel.key.encode()).hexdigest()[:32]
        mail = EmailMessage(
            subject=parcel.title,
            body="\n\n".join(filter(None, [parcel.title, parcel.body, parcel.url])),
            from_email=settings.OUTSIDE.mail_from,
            to=[parcel.to[0]],
            headers={"Message-ID": f"<{name}@{host}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as refused:
            raise _refusal(next(iter(refused.recipients.values()))[0]) from None
        except smtplib.SMTPAuthenticationError as refused:
            raise Trouble(Why.KEY, refused.smtp_code) from None
        except smtplib.SMTPResponseException as refused:
            raise _refusal(refused.smtp_code) from None
        except TimeoutError:
            raise Unreachable(Why.TIMEOUT) from None
        except (OSError, smtplib.SMTPException):
            raise Unreachable(Why.UNREACHABLE) from None
