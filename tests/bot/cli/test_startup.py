"""A short command loads only what it needs. ``bench/startup.py`` measures what that saves; these tests measure no time."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = {
    "PIL",
    "alembic",
    "apscheduler",
    "cryptography",
    "flask",
    "httpx2",
    "huggingface_hub",
    "limits",
    "matplotlib",
    "numpy",
    "pandas",
    "playground",
    "procrastinate",
    "prometheus_client",
    "psycopg",
    "pyarrow",
    "pydantic",
    "pydantic_settings",
    "rich",
    "scipy",
    "slack_bolt",
    "slack_sdk",
    "structlog",
    "waitress",
}

SCRIPT = """
import sys
from bot.cli.main import main
main(standalone_mode=False)
print("modules:", *{name.partition(".")[0] for name in sys.modules})
"""


def modules_after(url, *words):
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    *printed, last = result.stdout.splitlines()
    assert printed
    return set(last.removeprefix("modules:").split())


@pytest.mark.parametrize("words", [["--help"], ["ask", "--help"], ["deliveries", "--help"], ["db", "--help"]])
def test_help_loads_neither_the_database_nor_anything_heavy(simulated, words):
    assert modules_after(simulated, *words) & (HEAVY | {"sqlalchemy", "rapidfuzz"}) == set()


@pytest.mark.parametrize("words", ["licenses", "licenses by downloads", "licenses since 2026-06", "creators", "movers", "ages"])
def test_a_question_without_a_picture_loads_the_database_and_nothing_heavy(simulated, words):
    modules_after(simulated, "ask", "licenses")  # the first use makes the bot's tables
    loaded = modules_after(simulated, "ask", *words.split())
    assert "sqlalchemy" in loaded
    assert loaded & HEAVY == set()
