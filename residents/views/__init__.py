"""The pages under /residents/: from the grid to the door to the person."""

from residents.views.changes import add, come_back, correct, leave, move, remove, restore
from residents.views.reading import building, dwelling, grid, home, resident, reveal, search

__all__ = [
    "add",
    "building",
    "come_back",
    "correct",
    "dwelling",
    "grid",
    "home",
    "leave",
    "move",
    "remove",
    "resident",
    "restore",
    "reveal",
    "search",
]
