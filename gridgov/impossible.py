"""The refusal of what was right when the page was opened, and is not as things stand now."""

from django.core.exceptions import ValidationError


class Impossible(ValidationError):
    """The step does not lead on from where the thing stands now: words for people, 409 with `code` for programs."""
