"""What the public grid board (网格公示牌) says: the office's words, and of each person what that person agreed to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridgov.sync.models import Attachment
from grids.models import Area


class BoardText(models.Model):
    """The words on the boards of an area and of all below that have none of their own."""

    area = models.OneToOneField(Area, on_delete=models.CASCADE, primary_key=True, related_name="board_text")
    duties = models.TextField(_("duties"), max_length=1000, blank=True)
    supervision = models.CharField(_("supervision phone"), max_length=32, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("words of a public board")

    def __str__(self) -> str:
        return str(self.area)


class PublicFace(models.Model):
    """A photo and a number a person agreed to have posted in public, until they take it back. Without a row: neither.

    `number` is typed by the person for this purpose, so it is not the sealed number of the sign-in.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="public_face"
    )
    photo = models.ForeignKey(Attachment, on_delete=models.SET_NULL, null=True, related_name="+")
    number = models.CharField(_("number to post"), max_length=32, blank=True)
    agreed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("what a person lets the board show")

    def __str__(self) -> str:
        return str(self.user)
