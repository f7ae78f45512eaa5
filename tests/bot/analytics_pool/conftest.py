"""A database of a test's own, which it may lock."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture
def copy(simulated, tmp_path):
    """The address of a database that no other test reads."""
    file = tmp_path / "hfstats.db"
    shutil.copy(simulated.removeprefix("sqlite:///"), file)
    return f"sqlite:///{file}"
