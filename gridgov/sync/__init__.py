"""The one idempotent door: phone, form and API hand in the same envelope any number of times, it counts once."""

from gridgov.sync.registry import Result, register, register_access

__all__ = ["Result", "register", "register_access"]
