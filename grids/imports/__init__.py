"""Taking files in: plan and show first, then change everything or nothing, and be able to take it back.

A kind of import (areas, buildings; rooms above add units, people …) is an `Importer` in the registry. Its plan
only reads; its `apply` and `undo` are actions.
"""

from grids.imports.plan import Plan, Row, Source, State
from grids.imports.registry import Column, Importer, all_importers, find, register

__all__ = ["Column", "Importer", "Plan", "Row", "Source", "State", "all_importers", "find", "register"]
