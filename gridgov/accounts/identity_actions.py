"""Linking an account elsewhere to a sign-in here, and taking the link away. Only its owner does either."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.accounts.models import Identity, User
from gridgov.audit import actions as audit


@transaction.atomic
def link(user: User, platform: str, subject: str, *, by: User, now: datetime) -> Identity:
    """From now on that account signs `user` in. Raises ValidationError when it is another person's."""
    User.objects.select_for_update().get(pk=user.pk)
    known = Identity.objects.behind(platform, subject)
    if known is not None and known.user_id != user.pk:
        raise ValidationError(_("This account is linked to another person. Ask your office if that is wrong."))
    Identity.objects.filter(user=user, platform=platform).delete()
    identity = Identity(user=user, platform=platform, linked_at=now)
    identity.set_subject(subject)
    identity.save(force_insert=True)
    audit.record("accounts.link", user, by=by, at=now, platform=platform)
    return identity


@transaction.atomic
def unlink(user: User, platform: str, *, by: User, now: datetime) -> bool:
    """That account does not sign `user` in any more; False when none was linked."""
    gone = Identity.objects.filter(user=user, platform=platform).delete()[0]
    if gone:
        audit.record("accounts.unlink", user, by=by, at=now, platform=platform)
    return bool(gone)
