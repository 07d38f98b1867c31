"""Dividing an area well: drafts as GeoJSON, what they weigh, what is wrong with them, how it is mended, what moves."""
