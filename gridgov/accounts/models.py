"""Who may sign in. What they may do is not here: that is a post held on an area (teams.Assignment)."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gridgov.ids import uuid7
from gridgov.privacy import crypto
from gridgov.privacy.actions import hand_over
from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind


class TextSize(models.TextChoices):
    """Three sizes on every door."""

    STANDARD = "standard", _("Standard")
    LARGE = "large", _("Large")
    EXTRA = "extra", _("Extra large")


class UserManager(BaseUserManager["User"]):
    """Looks people up the two ways they sign in."""

    def by_sign_in(self, text: str) -> "User | None":
        """The active person whose staff number or phone this is; None when there is none."""
        text = crypto.normalise(text)
        match = Q(username__iexact=text) | Q(phone_index=crypto.blind_index(text, "accounts.user.phone"))
        return self.filter(match, is_active=True, is_service=False).first()

    def service(self, name: str) -> "User":
        """The named service that acts as nobody in person ("sweep", "import"); made on first use.

        Safe when two processes ask at once: the unique staff number decides and the loser reads the winner's row.
        """
        unusable = make_password(None)
        defaults = {"name": name, "is_service": True, "password": unusable}
        return self.get_or_create(username=f"service:{name}", defaults=defaults)[0]


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a sign-in, or a named service that acts (`is_service`: sweep, import, residents' door).

    `username` is the staff number. The phone is sealed; `phone_index` finds it for sign-in. Nobody is a
    superuser: a constraint says so, and roles come from posts.
    """

    personal: ClassVar[dict[str, Kind]] = {"phone": Kind.PHONE}

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    username = models.CharField(_("staff number"), max_length=64, unique=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    phone = SealedField(_("phone"), kind=Kind.PHONE, bound_to="public_id")
    phone_index = models.BinaryField(max_length=16, null=True, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    text_size = models.CharField(_("text size"), max_length=10, choices=TextSize.choices, default=TextSize.STANDARD)
    elder_mode = models.BooleanField(_("elder mode"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_service = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person with a sign-in")
        constraints = [
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_superuser"),
            models.UniqueConstraint(Upper("username"), name="one_staff_number_whatever_the_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def set_phone(self, phone: str) -> None:
        """Seal `phone` and keep its blind index beside it; "" removes both."""
        phone = crypto.normalise(phone)
        self.phone = phone
        self.phone_index = crypto.blind_index(phone, "accounts.user.phone") if phone else None

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Binds a session to the password and the epoch: raising the epoch ends every session at once."""
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class PastPassword(models.Model):
    """A password once used, hashed; kept only under the profile that forbids its return (dengbao3)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="past_passwords", db_index=False)
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "-replaced_at"], name="past_passwords_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.replaced_at:%Y-%m-%d}"


class Attempts(models.Model):
    """How often sign-in failed lately for one account or one address. `key` is a hash: no name, no phone."""

    key = models.BinaryField(max_length=16, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "attempts"
        indexes = [models.Index(fields=["last_at"], name="attempts_by_time")]

    def __str__(self) -> str:
        return f"{self.count} until {self.last_at:%H:%M:%S}"


def token_hash(token: str) -> bytes:
    """What is stored of a token. Tokens are random, so a plain SHA-256 needs no salt."""
    return hashlib.sha256(token.encode()).digest()


class PasswordResetQuerySet(models.QuerySet["PasswordReset"]):
    """Reads of one-time links."""

    def usable(self, token: str, now: datetime) -> "PasswordReset | None":
        """The link this token opens, if it is unused, young enough and of an active person."""
        living = self.filter(used_at=None, expires_at__gt=now, user__is_active=True)
        return living.select_related("user").filter(token_hash=token_hash(token)).first()


class PasswordReset(models.Model):
    """A one-time link to set a new password, handed over in person. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="resets")
    token_hash = models.BinaryField(max_length=32, unique=True)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = PasswordResetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="reset_expires_after_issue")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.issued_at:%Y-%m-%d %H:%M}"


class ApiToken(models.Model):
    """A key by which a program acts as this person over the API. Shown once; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    token_hash = models.BinaryField(max_length=32, unique=True)
    label = models.CharField(_("label"), max_length=80, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.label}"


class Platform(models.TextChoices):
    """Where people are known beside here: sign-in, and messages, may come through these."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    OIDC = "oidc", _("single sign-on")


class IdentityQuerySet(models.QuerySet["Identity"]):
    """Reads of linked accounts."""

    def behind(self, platform: str, subject: str) -> "Identity | None":
        """Whose account this is on the platform; None when nobody linked it."""
        index = crypto.blind_index(subject.encode().hex(), f"accounts.identity.{platform}")
        return self.select_related("user").filter(platform=platform, subject_index=index).first()

    def linked(self, platform: str, users: Collection[User]) -> set[int]:
        """The keys of those of `users` who linked an account there."""
        return set(self.filter(platform=platform, user__in=users).values_list("user_id", flat=True))

    def address_of(self, user: User, platform: str) -> tuple[str, ...]:
        """The person's account there, for messages; () when none is linked."""
        row = self.filter(user=user, platform=platform).first()
        return (hand_over(row, "subject"),) if row else ()


class Identity(models.Model):
    """An account elsewhere that its owner linked here while signed in. One a platform, and it belongs to one person.

    `subject` is the account's name there, sealed; letters count as they are, so its index is made of its bytes.
    """

    personal: ClassVar[dict[str, Kind]] = {"subject": Kind.TEXT}

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities", db_index=False)
    platform = models.CharField(max_length=10, choices=Platform.choices)
    subject = SealedField(_("account there"), kind=Kind.TEXT, bound_to="public_id")
    subject_index = models.BinaryField(max_length=16, editable=False)
    linked_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["platform", "subject_index"], name="account_elsewhere_is_one_persons"),
            models.UniqueConstraint(fields=["user", "platform"], name="one_account_a_platform"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.platform}"

    def set_subject(self, subject: str) -> None:
        """Seal the account's name and keep its blind index beside it."""
        self.subject = subject
        self.subject_index = crypto.blind_index(subject.encode().hex(), f"accounts.identity.{self.platform}")
