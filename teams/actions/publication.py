"""What the public board says: the office writes its words, each person decides what it shows of them."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from gridgov.accounts.models import User
from gridgov.audit import actions as audit
from gridgov.sync import actions as sync
from gridgov.sync.models import Attachment
from grids import permissions
from grids.models import Area
from grids.permissions import Perm
from teams.models import BoardText, PublicFace, people_visible_to

FACE = "teams.face"


def may_see_face(user: Any, subject_id: str) -> bool:
    """Whoever finds the person in the address book sees the photo meant for the public."""
    return people_visible_to(user).filter(public_id=subject_id).exists()


def _only_oneself(person: User, by: User) -> None:
    if person.pk != by.pk:
        raise PermissionDenied(_("Only the person can decide this."))


@transaction.atomic
def show_on_board(person: User, *, number: str, photo: File | None, by: User, now: datetime) -> PublicFace:
    """Let the board show a number ("" for none) and a photo; without a new photo the one there stays.

    Raises PermissionDenied for anybody but the person, ValidationError for a file that is no photo.
    """
    _only_oneself(person, by)
    face = PublicFace.objects.select_for_update().filter(user=person).first() or PublicFace(user=person)
    face.number, face.agreed_at = number, now
    if photo is not None:
        face.photo = sync.attach(FACE, str(person.public_id), photo, by=by, now=now)
    face.save()
    _throw_away(person, face.photo, by=by, now=now)
    audit.record("teams.show_on_board", person, by=by, at=now, photo=face.photo_id is not None, number=bool(number))
    return face


def _throw_away(person: User, kept: Attachment | None, *, by: User, now: datetime) -> None:
    """Every photo the person ever gave for the board, but the one that is shown."""
    given = Attachment.objects.filter(subject_kind=FACE, subject_id=str(person.public_id))
    for photo in given.exclude(pk=kept.pk) if kept else given:
        sync.detach(photo, by=by, now=now)


@transaction.atomic
def hide_from_board(person: User, *, by: User, now: datetime) -> None:
    """Take photo and number off every board printed from now on, and throw the photo away."""
    _only_oneself(person, by)
    face = PublicFace.objects.select_for_update().filter(user=person).first()
    if face is None:
        return
    face.delete()
    _throw_away(person, None, by=by, now=now)
    audit.record("teams.hide_from_board", person, by=by, at=now)


@transaction.atomic
def set_board_text(area: Area, *, duties: str, supervision: str, by: User, now: datetime) -> None:
    """Give the boards of `area` and below their words; both empty: those of the area above hold again."""
    permissions.require(by, Perm.EDIT_AREAS, area)
    if duties or supervision:
        words = {"duties": duties, "supervision": supervision, "changed_at": now, "changed_by": by}
        BoardText.objects.update_or_create(area=area, defaults=words)
    else:
        BoardText.objects.filter(area=area).delete()
    audit.record("teams.set_board_text", area, by=by, at=now)
