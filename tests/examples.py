"""How many examples a property is tried with: few in `make test`, very many in `make nightly`."""

import os

NIGHTLY = os.environ.get("GRIDGOV_NIGHTLY") == "1"


def examples(short: int, nightly: int) -> int:
    """For `@settings(max_examples=examples(200, 10_000))`."""
    return nightly if NIGHTLY else short
