"""What can go wrong beyond our door, in words an office understands, and whether trying again can help."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """The reason kept with a delivery; never the gateway's own words, which may repeat a phone number."""

    UNREACHABLE = "unreachable", _("The gateway cannot be reached.")
    TIMEOUT = "timeout", _("The gateway did not answer in time.")
    STATUS = "status", _("The gateway answered with an error.")
    UNREADABLE = "unreadable", _("The gateway's answer could not be understood.")
    BUSY = "busy", _("The gateway asks to wait.")
    KEY = "key", _("The gateway does not accept our key or settings.")
    ADDRESS = "address", _("The number or address is not valid.")
    BLOCKED = "blocked", _("The recipient does not take messages through this channel.")
    CONTENT = "content", _("The gateway refuses the text or template.")
    QUOTA = "quota", _("The quota at the gateway is used up.")
    FORBIDDEN = "forbidden", _("The address is outside the hosts that are allowed.")
    NO_ADDRESS = "no_address", _("No address of this person is known for this channel.")
    CLOSED = "closed", _("The sign-in of this person is disabled.")
    NOT_CONFIGURED = "not_configured", _("This channel is no longer configured.")
    INTERNAL = "internal", _("The message could not be made.")


class Trouble(Exception):
    """A delivery or a question that failed. `detail` is a code or a status, nothing personal."""

    def __init__(self, why: Why, detail: object = "") -> None:
        super().__init__(f"{why} {detail}".strip())
        self.why, self.detail = why, str(detail)[:80]


class Unreachable(Trouble):
    """Nobody answered: the next one will most likely not be answered either."""


class Later(Trouble):
    """The other side asks to wait for `seconds`."""

    def __init__(self, why: Why, detail: object = "", *, seconds: float = 60) -> None:
        super().__init__(why, detail)
        self.seconds = seconds


class Refused(Trouble):
    """Trying again cannot help."""
