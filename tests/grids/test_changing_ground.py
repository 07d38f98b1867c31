"""Areas and buildings are changed from their pages: what is refused, what can be taken back, and by whom."""

import pytest

from grids import actions
from grids.models import Area, Building
from grids.permissions import forget
from tests import factories
from tests.grids.ground import page


def test_error_keeps_what_was_typed(grid, office_admin, sign_in):
    typed = {"name": "改名的网格", "households": "-5", "persons": "1200", "east": "新的路"}
    seen = page(sign_in(office_admin).post(f"/areas/{grid.pk}/edit/", typed))
    for value in typed.values():
        assert f'value="{value}"' in seen
    assert "field-wrong" in seen
    grid.refresh_from_db()
    assert grid.name == "春风第一网格"


def test_facts_are_corrected(grid, office_admin, sign_in):
    typed = {"name": "改名的网格", "households": "500", "persons": "", "east": "新的路"}
    assert sign_in(office_admin).post(f"/areas/{grid.pk}/edit/", typed).status_code == 302
    grid.refresh_from_db()
    assert (grid.name, grid.households, grid.persons, grid.east) == ("改名的网格", 500, None, "新的路")


def test_new_area_takes_the_next_code(spring, office_admin, sign_in):
    client = sign_in(office_admin, lang="en")
    answer = client.post(f"/areas/{spring.pk}/add/", {"kind": "grid", "name": "春风第六网格"})
    made = Area.objects.get(name="春风第六网格")
    assert answer.headers["Location"] == f"/areas/{made.pk}/"
    assert made.code == "990101001001006"
    taken = page(client.post(f"/areas/{spring.pk}/add/", {"kind": "grid", "name": "又一个", "code": made.code}))
    assert "already in use" in taken
    assert 'value="又一个"' in taken


def test_area_moves_with_all_below(spring, other_street, grid, office_admin, office, other_office, sign_in):
    client = sign_in(office_admin)
    assert client.post(f"/areas/{spring.pk}/move/", {"parent": other_street.pk}).status_code == 302
    for reader in (office, other_office):
        forget(reader)
    assert sign_in(office).get(f"/areas/{grid.pk}/").status_code == 404
    assert sign_in(other_office).get(f"/areas/{grid.pk}/").status_code == 200


def test_area_is_not_moved_below_itself(spring, grid, office_admin, sign_in):
    assert "field-wrong" in page(sign_in(office_admin).post(f"/areas/{spring.pk}/move/", {"parent": grid.pk}))


def test_retiring_waits_for_the_buildings_and_can_be_taken_back(ground, office_admin, sign_in):
    grid, house = ground["grid"], Building.objects.get()
    client = sign_in(office_admin, lang="en")
    refused = client.post(f"/areas/{grid.pk}/retire/", follow=True)
    assert "Move the buildings" in page(refused)
    grid.refresh_from_db()
    assert grid.retired_at is None
    assert client.post(f"/areas/buildings/{house.pk}/move/", {"area": ground["next_grid"].pk}).status_code == 302
    client.post(f"/areas/{grid.pk}/retire/")
    grid.refresh_from_db()
    assert grid.retired_at is not None
    assert not grid.boundaries.filter(until=None).exists()
    client.post(f"/areas/{grid.pk}/reopen/")
    grid.refresh_from_db()
    assert grid.retired_at is None
    assert grid.boundaries.filter(until=None).count() == 1


def test_reopening_waits_for_the_area_above(cast, office_admin, sign_in, now):
    far, above = cast.areas["other_grid"], cast.areas["other_community"]
    for area in (far, above):
        actions.retire_area(area, by=office_admin, now=now)
    client = sign_in(office_admin, lang="en")
    assert "Reopen the area it belongs to first" in page(client.post(f"/areas/{far.pk}/reopen/", follow=True))
    far.refresh_from_db()
    assert far.retired_at is not None


def test_a_building_from_beginning_to_end(grid, next_grid, worker, neighbour, office_admin, sign_in):
    client = sign_in(office_admin)
    wrong = page(client.post(f"/areas/{grid.pk}/buildings/add/", {"name": "9号楼", "floors": "many"}))
    assert 'value="9号楼"' in wrong
    client.post(f"/areas/{grid.pk}/buildings/add/", {"name": "9号楼", "lon": "124.001", "lat": "29.001"})
    house = Building.objects.get()
    assert (house.area, house.point and house.point.x) == (grid, 124.001)
    url = f"/areas/buildings/{house.pk}"
    assert client.post(f"{url}/edit/", {"name": "9栋", "floors": "18"}).status_code == 302
    assert "9栋" in page(sign_in(worker).get(f"{url}/"))
    assert sign_in(neighbour).get(f"{url}/").status_code == 404
    client.post(f"{url}/move/", {"area": next_grid.pk})
    assert sign_in(worker).get(f"{url}/").status_code == 404
    assert "9栋" in page(sign_in(neighbour).get(f"{url}/"))
    client.post(f"{url}/retire/")
    house.refresh_from_db()
    assert house.retired_at is not None
    client.post(f"{url}/reopen/")
    house.refresh_from_db()
    assert (house.retired_at, house.floors, house.point and house.point.x) == (None, 18, 124.001)


def test_no_building_is_put_into_a_retired_grid(grid, next_grid, office_admin, sign_in, now):
    house = factories.make_building(grid)
    actions.retire_area(next_grid, by=office_admin, now=now)
    client = sign_in(office_admin)
    assert "field-wrong" in page(client.post(f"/areas/buildings/{house.pk}/move/", {"area": next_grid.pk}))
    assert client.post(f"/areas/{next_grid.pk}/buildings/add/", {"name": "9号楼"}).status_code == 200
    assert not Building.objects.filter(area=next_grid).exists()


def test_a_building_is_not_put_off_the_earth(grid, office_admin, sign_in):
    typed = {"name": "9号楼", "lon": "1e300", "lat": "29"}
    assert "form-errors" in page(sign_in(office_admin).post(f"/areas/{grid.pk}/buildings/add/", typed))
    assert not Building.objects.exists()


@pytest.mark.parametrize("name", ["worker", "office", "leader", "desk"])
@pytest.mark.parametrize("step", ["edit", "add", "move", "retire", "reopen", "buildings/add"])
def test_only_the_office_administrator_changes_the_ground(cast, name, step, sign_in):
    client, url = sign_in(cast.people[name]), f"/areas/{cast.areas['grid'].pk}/{step}/"
    assert client.post(url, {"name": "我的"}).status_code in (403, 404)
    assert cast.areas["grid"] == Area.objects.get(pk=cast.areas["grid"].pk, name="春风第一网格", retired_at=None)
