"""Reading what others drew: GeoJSON, zipped Shapefile, KML, GPKG, from bytes, never trusting the file."""

from grids.geodata.checking import Checked, polygonal
from grids.geodata.reading import Feature, Reading, layers_of, read

__all__ = ["Checked", "Feature", "Reading", "layers_of", "polygonal", "read"]
