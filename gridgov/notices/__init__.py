"""Tells people what concerns them: an inbox for everyone, and an outbox for what leaves the database."""

from gridgov.notices.registry import register

__all__ = ["register"]
