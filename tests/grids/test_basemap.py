"""What lies beneath the map: served in ranges, told with whose it is, and never in the way when it is broken."""

from dataclasses import replace

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from gridgov.outside import config
from tests.grids.pmtiles import pmtiles
from tests.notices.test_configuration import read


@pytest.fixture
def beneath(settings, tmp_path):
    """`beneath(content, **more)` puts a file there and configures it."""

    def configure(content: bytes | None, **more: str):
        path = tmp_path / "street.pmtiles"
        if content is not None:
            path.write_bytes(content)
        settings.OUTSIDE = replace(settings.OUTSIDE, basemap_file=str(path), **more)

    return configure


def told(client) -> dict:
    return client.get(reverse("grids:basemap")).json()


def test_there_is_no_basemap_unless_one_is_configured(worker, outsider, sign_in):
    client = sign_in(worker)
    assert told(client) == {}
    assert client.get(reverse("grids:basemap_file")).status_code == 404
    assert b"data-basemap=" not in client.get("/areas/").content
    assert sign_in(outsider).get(reverse("grids:basemap")).status_code == 403


def test_a_file_is_told_and_served_in_ranges(worker, outsider, sign_in, beneath):
    content = pmtiles()
    beneath(content, basemap_words="某街道测绘", basemap_approval="审图号：示例")
    client = sign_in(worker)
    assert told(client) == {
        "kind": "vector",
        "url": reverse("grids:basemap_file"),
        "max_zoom": 3,
        "words": "某街道测绘 · 审图号：示例",
    }
    part = client.get(told(client)["url"], headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert part["Content-Range"] == f"bytes 0-6/{len(content)}"
    rest = client.get(told(client)["url"], headers={"Range": f"bytes={len(content) - 5}-{len(content) + 900}"})
    assert (rest.status_code, rest.content) == (206, content[-5:])
    beyond = client.get(told(client)["url"], headers={"Range": f"bytes={len(content)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(content)}")
    assert client.get(told(client)["url"]).content == content
    assert client.get(told(client)["url"], headers={"If-None-Match": part["ETag"]}).status_code == 304
    assert sign_in(outsider).get(told(client)["url"]).status_code == 403
    assert reverse("grids:basemap") in client.get("/areas/").content.decode()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be found"),
        (b"", "not a PMTiles"),
        (b"<html>", "not a PMTiles"),
        (pmtiles()[:-20], "cut off"),
        (pmtiles()[:99] + b"\x63" + pmtiles()[100:], "not known"),
    ],
)
def test_a_broken_file_is_a_quiet_sentence(content, why, office, sign_in, beneath):
    beneath(content)
    client = sign_in(office, lang="en")
    assert why in told(client)["problem"]
    assert client.get("/areas/map/").status_code == 200


def test_tianditu_widens_the_content_policy_only_with_a_key(office, sign_in, settings):
    assert config.Outside().image_origins == []
    assert read(GRIDGOV_TIANDITU_KEY="a1b2").image_origins == ["https://*.tianditu.gov.cn"]
    settings.OUTSIDE = replace(settings.OUTSIDE, tianditu_key="a1b2")
    said = told(sign_in(office))
    assert (said["kind"], said["key"], bool(said["refused"])) == ("tianditu", "a1b2", True)
    for wrong in (
        {"GRIDGOV_TIANDITU_KEY": "a b"},
        {"GRIDGOV_TIANDITU_KEY": "a1", "GRIDGOV_BASEMAP_FILE": "/x.pmtiles"},
    ):
        with pytest.raises(ImproperlyConfigured):
            read(**wrong)
    assert "a1b2" not in repr(read(GRIDGOV_TIANDITU_KEY="a1b2"))
