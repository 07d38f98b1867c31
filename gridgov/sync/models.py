"""What came through the door, once, and the photos that belong to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridgov.ids import uuid7
from gridgov.privacy.fields import SealedField
from gridgov.privacy.masks import Kind


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    """Reads over envelopes."""

    def waiting(self) -> "EnvelopeQuerySet":
        """Kept, but turned into nothing yet: somebody must look."""
        return self.filter(result_kind="", needs_review=True)

    def to_review(self) -> "EnvelopeQuerySet":
        """Whatever somebody must look at, turned into something or not."""
        return self.filter(needs_review=True)

    def put_aside(self) -> "EnvelopeQuerySet":
        """Looked at and not taken in; it stays, and may be put back."""
        return self.filter(review=Review.DISCARDED)


class Review(models.TextChoices):
    """What became of a record that somebody had to look at."""

    ACCEPTED = "accepted", _("Taken in")
    DISCARDED = "discarded", _("Put aside")


class Envelope(models.Model):
    """One thing someone handed in, under the UUID their device gave it; the key that makes repetition harmless.

    `digest` is SHA-256 over kind, payload and photo hashes in canonical form. The payload itself is kept only
    when the handler could not take it (`needs_review` without a result), and then sealed. Times: `captured_at`
    by the device's clock, `offset` what the device's clock lacks, `corrected_at` both together, `received_at`
    the database's. A wrong clock is never a reason to refuse.
    """

    personal: ClassVar[dict[str, Kind]] = {"payload": Kind.TEXT}

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32)
    photos = models.JSONField(default=list)  # SHA-256 of each file as it was taken, in hexadecimal
    base_version = models.CharField(max_length=64, blank=True)
    captured_at = models.DateTimeField(null=True, blank=True)
    offset = models.DurationField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    needs_review = models.BooleanField(default=False)
    is_confidential = models.BooleanField(default=False)  # of what is kept for review; a record knows by itself
    problems = models.JSONField(default=list)  # names of fields and codes of errors, never what was typed
    payload = SealedField(kind=Kind.TEXT)
    result_kind = models.CharField(max_length=60, blank=True)
    result_id = models.CharField(max_length=64, blank=True)
    result_url = models.CharField(max_length=200, blank=True)
    changed_meanwhile = models.BooleanField(default=False)  # by somebody else, since `base_version`
    review = models.CharField(max_length=9, choices=Review.choices, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_words = models.CharField(max_length=500, blank=True)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], name="envelope_review", condition=Q(needs_review=True)),
            models.Index(fields=["received_at"], name="envelope_put_aside", condition=Q(review="discarded")),
            models.Index(fields=["result_kind", "result_id"], name="envelope_by_result"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(review="", reviewed_at=None) | (~Q(review="") & Q(reviewed_at__isnull=False)),
                name="envelope_reviewed_has_its_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def subject(self) -> tuple[str, str]:
        """(kind, id) of what the photos belong to: the result, or the envelope itself while it waits."""
        if self.result_kind:
            return self.result_kind, self.result_id
        return self._meta.label_lower, str(self.pk)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Reads over attachments."""

    def of(self, subject: models.Model) -> "AttachmentQuerySet":
        """The photos of one record, in the order they came."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_id=str(subject.pk)).order_by("id")


class CaptureKey(models.Model):
    """The key by which one person's records are encrypted on one phone until they have arrived.

    Made here, sealed like personal data, and given to that person alone, at every sign-in on that phone: what was
    captured outlives signing out, and nobody else who uses the phone reads it.
    """

    personal: ClassVar[dict[str, Kind]] = {"key": Kind.TEXT}

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    device = models.UUIDField()  # a random number that the phone gave itself
    key = SealedField(kind=Kind.TEXT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "device"], name="one_capture_key_per_person_and_phone")]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.device}"


class Attachment(models.Model):
    """One photo of a record: re-encoded JPEG of at most 2048 px with a thumbnail, without place or camera data.
    Or a voice note, as it came: no thumbnail, no sides.

    `sha256` is of the file as it was handed in, by which the phone knows it arrived; `size`, `mime`, `width`
    and `height` are of what is stored. Within a subject a hash occurs once (`actions.attach` holds a lock).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    mime = models.CharField(max_length=40)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    file = models.FileField(max_length=120)
    thumbnail = models.FileField(max_length=120)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        indexes = [models.Index(fields=["subject_kind", "subject_id", "sha256"], name="attachment_by_subject")]

    def __str__(self) -> str:
        return f"{self.subject_kind}:{self.subject_id} {self.sha256[:12]}"

    @property
    def is_sound(self) -> bool:
        """Whether it is heard, not seen."""
        return self.mime.startswith("audio/")
