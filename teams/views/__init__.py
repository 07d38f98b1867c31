"""The pages under /people/ and the first steps under /setup/."""

from teams.views import book, people, posts, setup, units

__all__ = ["book", "people", "posts", "setup", "units"]
