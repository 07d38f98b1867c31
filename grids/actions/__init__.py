"""All that changes the ground: areas, their boundaries, buildings."""

from grids.actions.areas import create_area, move_area, rename_area, retire_area
from grids.actions.boundaries import set_boundary
from grids.actions.buildings import create_building, move_building, rename_building, retire_building
from grids.actions.reopen import reopen_area, reopen_building

__all__ = [
    "create_area",
    "create_building",
    "move_area",
    "move_building",
    "rename_area",
    "rename_building",
    "reopen_area",
    "reopen_building",
    "retire_area",
    "retire_building",
    "set_boundary",
]
