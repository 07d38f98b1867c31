"""The five levels of lateness, the same everywhere: 绿 黄 橙 红 紫 (docs/domain.md §1.7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from gridgov.labels.words import named


class Level(models.IntegerChoices):
    """How late. Never shown by colour alone."""

    ON_TIME = 0, named("level.0", _("On time"))
    WARNING = 1, named("level.1", _("Due soon"))
    LATE = 2, named("level.2", _("Late"))
    VERY_LATE = 3, named("level.3", _("Very late"))
    CRITICAL = 4, named("level.4", _("Critical"))
