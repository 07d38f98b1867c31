"""Files with several layers: their names are offered, one is read, and none is taken silently."""

import io
import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import ezdxf
import numpy as np
import pyogrio.raw
import pytest
import shapely
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from grids.actions import imports
from grids.geodata import layers_of, read
from grids.imports import importer_of
from grids.models import Area
from tests.grids.divided import cell, divide

SHAPELESS = {"type": "FeatureCollection", "features": []}
SHAPES = {"grids": [cell(0), cell(1)], "blocks": [cell(2)]}
KML = "<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{folders}</Document></kml>"
FOLDER = "<Folder><name>{name}</name>{marks}</Folder>"
RING = "<outerBoundaryIs><LinearRing><coordinates>{at}</coordinates></LinearRing></outerBoundaryIs>"
MARK = f"<Placemark><name>{{name}}</name><Polygon>{RING}</Polygon></Placemark>"


def gpkg() -> bytes:
    with TemporaryDirectory() as folder:
        for n, (name, shapes) in enumerate(SHAPES.items()):
            names = np.array([f"{name} {nth}" for nth in range(len(shapes))], dtype=object)
            more = {"append": bool(n), "layer": name, "crs": "EPSG:4326", "geometry_type": "Polygon"}
            where = str(Path(folder) / "a.gpkg")
            column = "name" if name == "grids" else "title"
            pyogrio.raw.write(where, np.array([shapely.to_wkb(s) for s in shapes]), [names], [column], **more)
        return (Path(folder) / "a.gpkg").read_bytes()


def shapefiles() -> bytes:
    out = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(out, "w") as archive:
        for name, shapes in SHAPES.items():
            names = np.array([f"{name} {nth}" for nth in range(len(shapes))], dtype=object)
            more = {"crs": "EPSG:4326", "geometry_type": "Polygon", "driver": "ESRI Shapefile"}
            where = str(Path(folder) / f"{name}.shp")
            pyogrio.raw.write(where, np.array([shapely.to_wkb(s) for s in shapes]), [names], ["name"], **more)
        for file in sorted(Path(folder).iterdir(), reverse=True):
            archive.write(file, file.name)
    return out.getvalue()


def kml() -> bytes:
    folders = ""
    for name, shapes in SHAPES.items():
        rings = [" ".join(f"{x},{y}" for x, y in shape.exterior.coords) for shape in shapes]
        marks = "".join(MARK.format(name=f"{name} {nth}", at=ring) for nth, ring in enumerate(rings))
        folders += FOLDER.format(name=name, marks=marks)
    return KML.format(folders=folders).encode()


def dxf() -> bytes:
    drawing = ezdxf.new()
    space = drawing.modelspace()
    for name, shapes in SHAPES.items():
        for shape in shapes:
            corners = shapely.get_coordinates(shape.exterior)[:-1].tolist()
            space.add_lwpolyline(corners, close=True, dxfattribs={"layer": name})
    middle = cell(0).centroid
    space.add_text("第一网格", dxfattribs={"insert": (middle.x, middle.y), "layer": "文字"})
    space.add_line((124, 29), (124.1, 29.1), dxfattribs={"layer": "道路"})
    out = io.StringIO()
    drawing.write(out)
    return out.getvalue().encode()


FILES = {"a.gpkg": (gpkg, True), "a.zip": (shapefiles, True), "a.kml": (kml, False), "a.dxf": (dxf, False)}


@pytest.mark.parametrize("name", FILES)
def test_the_layers_are_named_and_one_is_read(name):
    make, needed = FILES[name]
    content = make()
    crs = "EPSG:4326" if name == "a.dxf" else ""
    found, must = layers_of(name, content)
    assert (set(found), must) == (set(SHAPES), needed)
    for layer, shapes in SHAPES.items():
        assert len(read(name, content, layer=layer, crs=crs).features) == len(shapes)
    with pytest.raises(ValidationError, match="grids") as refused:
        read(name, content, layer="streets", crs=crs)
    assert refused.value.code == "no_such_layer"
    if needed:
        with pytest.raises(ValidationError, match="blocks") as refused:
            read(name, content)
        assert refused.value.code == "several_layers"
    else:
        assert len(read(name, content, crs=crs).features) == 3
        assert len(read(name, content, crs=crs, layer=list(SHAPES)).features) == 3


def test_the_wizard_offers_the_layers_and_takes_the_chosen_one(cast, office_admin, now):
    spring = divide(cast).areas["spring"]
    facts = {"by": office_admin, "now": now}
    batch = imports.upload("plan", "a.gpkg", gpkg(), **facts)
    form = importer_of("plan").form(gpkg(), "a.gpkg", office_admin)()
    assert next(iter(form.fields)) == "layer"
    assert {key for key, _label in form.fields["layer"].choices} == set(SHAPES)
    assert {"name", "title"} < {key for key, _label in form.fields["name_field"].choices}
    said = {"parent": spring.pk, "kind": "grid", "plan_name": "层", "name_field": "name", "layer": "grids"}
    played = imports.preview(imports.choose_options(batch, said, **facts), **facts)
    assert [line.label for line in played.lines] == ["grids 0", "grids 1"]


def test_places_and_assets_ask_for_the_layer_too(cast, office_admin, now):
    importer, plain = (
        importer_of("place-list"),
        importer_of("place-list").form(json.dumps(SHAPELESS).encode(), "a.geojson", office_admin),
    )
    form = importer.form(gpkg(), "a.gpkg", office_admin)({"layer": "grids"})
    assert form.is_valid(), form.errors
    rows = list(importer.rows(gpkg(), "a.gpkg", importer.options(form.cleaned_data)))
    assert [row.cells["name"] for _number, row in rows] == ["grids 0", "grids 1"]
    assert "layer" not in plain().fields


def test_the_wizard_lets_one_tick_the_layers_of_a_drawing(cast, office_admin, now):
    spring = divide(cast).areas["spring"]
    facts = {"by": office_admin, "now": now}
    batch = imports.upload("plan", "a.dxf", dxf(), **facts)
    made = importer_of("plan").form(dxf(), "a.dxf", office_admin)
    assert [key for key, _label in made().fields["layer"].choices] == ["blocks", "grids"]  # no words, no open lines
    answers = {"parent": spring.pk, "kind": "grid", "plan_name": "图", "rest": "keep", "crs": "EPSG:4326"}
    counts = []
    for ticked in ([], ["grids"], ["blocks", "grids"]):
        form = made({**answers, "name_field": "name", "layer": ticked})
        assert form.is_valid(), form.errors
        said = importer_of("plan").options(form.cleaned_data)
        played = imports.preview(imports.choose_options(batch, said, **facts), **facts)
        counts.append([line.label for line in played.lines])
    assert counts == [["第一网格", "grids", "blocks"], ["第一网格", "grids"], ["第一网格", "grids", "blocks"]]
    assert not made({**answers, "layer": ["streets"]}).is_valid()
    lines = importer_of("ways").form(dxf(), "a.dxf", office_admin)()
    assert "道路" in {key for key, _label in lines.fields["layer"].choices}


def test_the_terminal_names_the_layers_and_takes_one(cast, tmp_path):
    divide(cast)
    path = tmp_path / "a.gpkg"
    path.write_bytes(gpkg())
    said = {"kind": "grid", "parent": cast.areas["autumn"].code, "name_field": "name", "stdout": io.StringIO()}
    with pytest.raises(CommandError, match="grids"):
        call_command("import_areas", str(path), **said)
    call_command("import_areas", str(path), layer="grids", **said)
    assert Area.objects.filter(name__startswith="grids ").count() == 2
