"""Finds the private servers that `make run` started, so that `manage.py` works without being told."""

import os
from pathlib import Path


def load_environment(root: Path) -> None:
    """Read `.local/environment` (NAME=value lines) beneath what the environment already says."""
    file = root / ".local" / "environment"
    if not file.exists():
        return
    for line in file.read_text().splitlines():
        name, _, value = line.partition("=")
        if name and not name.startswith("#"):
            os.environ.setdefault(name, value)
