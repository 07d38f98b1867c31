"""Who may sign in. What they may do is not here: that is a post held on an area (teams.Assignment)."""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from gridgov.privacy import crypto
from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind


class TextSize(models.TextChoices):
    """Three sizes on every door (design.md, principle 2)."""

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


class User(AbstractBaseUser, PermissionsMixin):
    """A person with a sign-in, or a named service that acts (`is_service`: sweep, import, residents' door).

    `username` is the staff number. The phone is sealed; `phone_index` finds it for sign-in. Nobody is a
    superuser: a constraint says so, and roles come from posts.
    """

    personal: ClassVar[dict[str, Kind]] = {"phone": Kind.PHONE}

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    username = models.CharField(_("staff number"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=80, db_collation="zh-Hans-CN-x-icu")
    phone = SealedField(_("phone"), kind=Kind.PHONE, bound_to="public_id")
    phone_index = models.BinaryField(max_length=16, null=True, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    text_size = models.CharField(_("text size"), max_length=10, choices=TextSize.choices, default=TextSize.STANDARD)
    elder_mode = models.BooleanField(_("elder mode"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_service = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person with a sign-in")
        constraints = [models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_superuser")]

    def __str__(self) -> str:
        return self.name

    def set_phone(self, phone: str) -> None:
        """Seal `phone` and keep its blind index beside it; "" removes both."""
        phone = crypto.normalise(phone)
        self.phone = phone
        self.phone_index = crypto.blind_index(phone, "accounts.user.phone") if phone else None
