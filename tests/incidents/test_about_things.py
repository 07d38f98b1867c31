"""Reports about a city asset or a listed place: whose they become, how they are chosen, how one finds back."""

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.urls import reverse

from grids.models import Asset
from incidents import about
from incidents.actions.report import Report, report
from incidents.models import Incident
from tests import factories

HERE = Point(124.001, 29.001, srid=4326)


@pytest.fixture
def lamp(cast) -> Asset:
    """A lamp of the worker's grid that the maintenance unit owns."""
    return factories.make_asset(cast.areas["grid"], "9901010118000001", owner="市政养护队", point=HERE)


@pytest.fixture
def category(cast, now):
    factories.seed_calendars(now=now)
    return factories.make_category(lead=cast.units["enforcement"])


def test_an_asset_is_its_owners_first(cast, lamp, category, worker, now):
    made = report(Report(category=category, asset=lamp), by=worker, now=now)
    assert (made.area, made.responsible, made.point) == (cast.areas["grid"], cast.units["maintenance"], HERE)
    assert made.steps.get().data["reasons"] == ["listed", "owner"]


def test_without_a_unit_of_the_owners_name_the_ground_decides(cast, lamp, category, worker, now):
    for owner in ("", "区通信管线公司"):
        lamp.owner = owner
        made = report(Report(category=category, asset=lamp), by=worker, now=now)
        assert made.responsible == cast.units["enforcement"]


def test_an_owner_of_another_street_is_not_meant(cast, lamp, category, worker, now):
    cast.units["maintenance"].delete()
    factories.make_unit(cast.areas["other_street"], name="市政养护队")
    assert about.owner_of(lamp) is None
    nearer = factories.make_unit(cast.areas["spring"], name="市政养护队")
    assert about.owner_of(lamp) == nearer


def test_a_report_about_a_place_lies_where_its_building_stands(cast, category, worker, now):
    building = factories.make_building(cast.areas["grid"], point=HERE)
    shop = factories.make_place(cast.areas["grid"], building=building)
    made = report(Report(category=category, listed_place=shop), by=worker, now=now)
    assert (made.building, made.point, made.listed_place) == (building, HERE, shop)


@pytest.mark.parametrize("text", ["", "asset:", "asset:x", "place:12", "lamp:1", "asset:99999", "asset:" + "9" * 30])
def test_nonsense_names_nothing(db, text):
    assert about.asked(text) is None


def test_what_is_no_longer_listed_is_refused_beside_its_field(lamp, category, worker, now, sign_in):
    Asset.objects.update(ended_on="2026-01-01", ended_why="gone")
    with pytest.raises(ValidationError) as caught:
        about.find(about.reference(lamp))
    assert list(caught.value.error_dict) == ["thing"]


def test_near_a_point_only_what_is_near_and_in_reach(cast, lamp, worker, sign_in):
    far = Point(HERE.x + 0.002, HERE.y, srid=4326)
    factories.make_asset(cast.areas["grid"], "9901010305000002", point=far)
    factories.make_asset(cast.areas["next_grid"], "9901010305000003", point=HERE)
    page = sign_in(worker).get("/incidents/things/", {"lon": HERE.x, "lat": HERE.y}).content.decode()
    assert about.reference(lamp) in page
    assert page.count('value="asset:') == 1
    named = sign_in(worker).get("/incidents/things/", {"thing_q": "0002"}).content.decode()
    assert "9901010305000002" in named


def test_code_on_the_post_leads_worker_desk_and_resident_to_a_report(
    cast, lamp, category, worker, desk, client, sign_in
):
    address, query = reverse("incidents:about_asset", args=[lamp.code]), f"?thing={about.reference(lamp)}"
    assert client.get(address).url == f"/r/{cast.areas['street'].code}/{query}"
    assert sign_in(worker).get(address).url == f"/field/report/{query}"
    assert sign_in(desk).get(address).url == f"/incidents/new/{query}"
    assert client.get("/a/0000000000000000/").status_code == 404
    chosen = sign_in(worker).get(f"/field/report/{query}").content.decode()
    assert f"/field/report/{category.code}/{query}" in chosen


def test_report_from_the_phone_links_asset_and_case(cast, lamp, category, worker, desk, sign_in):
    client, query = sign_in(worker, lang="en"), f"?thing={about.reference(lamp)}"
    page = client.get(f"/field/report/{category.code}/{query}")
    number = page.context["form"]["client_id"].value()
    client.post(f"/field/report/{category.code}/", {"thing": about.reference(lamp), "client_id": str(number)})
    made = Incident.objects.get()
    assert made.asset == lamp
    assert f"/incidents/{made.pk}/" in client.get(f"/assets/{lamp.pk}/").content.decode()
    assert f"/assets/{lamp.pk}/" in sign_in(desk).get(f"/incidents/{made.pk}/").content.decode()
