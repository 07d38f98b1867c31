"""Boards, logs and everything that may see all rooms at once."""
