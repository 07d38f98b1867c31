"""Who may reveal what: the apps that own personal data hand in their check, because privacy knows no rights."""

from collections.abc import Callable
from typing import Any

from django.db import models

Check = Callable[[Any, str, Any], None]
_checks: dict[type[models.Model], Check] = {}


def register_reveal(model: type[models.Model], check: Check) -> None:
    """Let `check(user, perm, row)` decide about rows of `model`; it raises PermissionDenied.

    `grids.permissions.require` has this shape. Called in AppConfig.ready(); the last one counts.
    """
    _checks[model] = check


def check_for(row: models.Model) -> Check:
    """The check of this row's model. LookupError when none was registered: then nothing is revealed."""
    for model in type(row).__mro__:
        if model in _checks:
            return _checks[model]
    raise LookupError(f"{row._meta.label} has no reveal check; call privacy.register_reveal in its AppConfig.ready().")
