"""Addresses under /areas/."""

from django.urls import path

from grids.views import basemap, changes, exports, ground, layers, prints, shapes, tree

app_name = "grids"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("geojson/", shapes.geojson, name="geojson"),
    path("tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.pbf", shapes.tile, name="tile"),
    path("map/", layers.big_map, name="map"),
    path("basemap/", basemap.described, name="basemap"),
    path("basemap/map.pmtiles", basemap.file, name="basemap_file"),
    path("layers/<slug:key>/", layers.layer, name="layer"),
    path("locate/", ground.where, name="locate"),
    path("<int:area_id>/", ground.area, name="area"),
    path("<int:area_id>/branch/", tree.branch, name="branch"),
    path("<int:area_id>/map.pdf", prints.print_map, name="print_map"),
    path("<int:area_id>/export/", exports.export_area, name="export"),
    path("<int:area_id>/edit/", changes.edit, name="edit_area"),
    path("<int:area_id>/add/", changes.add, name="add_area"),
    path("<int:area_id>/move/", changes.move, name="move_area"),
    path("<int:area_id>/retire/", changes.retire, name="retire_area"),
    path("<int:area_id>/reopen/", changes.reopen, name="reopen_area"),
    path("<int:area_id>/buildings/add/", changes.add_building, name="add_building"),
    path("buildings/<int:building_id>/", ground.building, name="building"),
    path("buildings/<int:building_id>/edit/", changes.edit_building, name="edit_building"),
    path("buildings/<int:building_id>/move/", changes.move_building, name="move_building"),
    path("buildings/<int:building_id>/retire/", changes.retire_building, name="retire_building"),
    path("buildings/<int:building_id>/reopen/", changes.reopen_building, name="reopen_building"),
]
