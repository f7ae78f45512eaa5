"""The kinds of database that a test runs against."""

from __future__ import annotations

import pytest

BOTH_DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
