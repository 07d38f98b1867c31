"""Imports: one engine for every kind of file. Rooms above register the kinds that are theirs."""

from grids.imports.engine import Importer, Line, Outcome, Played, back_until, importer_of, importers, play, register

__all__ = ["Importer", "Line", "Outcome", "Played", "back_until", "importer_of", "importers", "play", "register"]
