"""Personal data: sealed at rest, masked on every page, revealed for a stated reason with a record of it."""

from gridgov.privacy.registry import register_reveal

__all__ = ["register_reveal"]
