"""Chance draws in the editor's own code, in a real browser: whatever it does leaves neither gap nor overlap."""

import json
from pathlib import Path

import pytest
import shapely
from playwright.sync_api import Page

from tests.examples import examples
from tests.grids.divided import cell, whole

RANDOM = (Path(__file__).parent / "random_edits.js").read_text().strip().rstrip(";")
HANDS = examples(12, 5_000)
FOUND = (
    525,
    4465,
)  # once a line millimetres from the outer border moved it, and ground between two such lines was lost


@pytest.mark.nightly
def test_whatever_is_drawn_leaves_no_gap_and_no_overlap(page: Page, live_server):
    """Moves, corners, splits, merges, cuts by chance: afterwards the grids cover the community exactly."""
    page.goto(f"{live_server.url}/accounts/login/")
    shapes = [[f"g{nth}", json.loads(shapely.to_geojson(cell(nth)))] for nth in range(6)]
    parent = json.loads(shapely.to_geojson(whole()))
    done: dict[str, int] = {}
    for seed in (*range(HANDS), *FOUND):
        found = page.evaluate(RANDOM, {"shapes": shapes, "parent": parent, "seed": seed, "count": 60})
        drawn = [shapely.from_geojson(json.dumps(one)) for one in found["shapes"]]
        assert [shapely.is_valid_reason(one) for one in drawn if not one.is_valid] == [], seed
        assert shapely.coverage_is_valid(drawn), seed
        assert shapely.union_all(drawn).symmetric_difference(whole()).area < 1e-13, seed
        done = {word: done.get(word, 0) + found["done"].get(word, 0) for word in {*done, *found["done"]}}
    assert min(done[word] for word in ("move", "add", "remove", "split", "merge", "cut", "take")) > 5, done
