"""Tells people what concerns them: an inbox for everyone, and an outbox for what leaves the database."""

from gridgov.notices.registry import register, register_subject

__all__ = ["register", "register_subject"]
