"""The documents and the manifest say what the code does; here is where they are caught lagging."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from analytics.questions.registry import QUESTIONS, parse
from bot.cli.main import main
from bot.settings import Settings
from bot.slack.listeners.command import COMMAND

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
INSTALL = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))


def bare(requirement: str) -> str:
    return re.split(r"[\[><=~ ]", requirement)[0].replace("-", "_").casefold()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.form.word)
def test_readme_shows_every_question_with_an_example_that_parses(question):
    shown = re.findall(rf"`{COMMAND} ({question.form.word}\b[^`]*)`", README)
    assert shown, f"README.md shows no example of {COMMAND} {question.form.word}"
    for example in shown:
        assert parse(example).word == question.form.word


def test_every_command_line_in_readme_exists():
    named = set(re.findall(r"\bhfstats ([a-z]+)", README)) - {"hfstats"}
    spoken = {match for match in named if f"`hfstats {match}" in README or f"    hfstats {match}" in README}
    assert spoken
    assert spoken <= set(main.commands)


def test_every_command_is_in_the_readme():
    for name in main.commands:
        assert f"hfstats {name}" in README, f"README.md does not name hfstats {name}"


def test_readme_is_short():
    assert len(README.splitlines()) <= 120


def test_the_files_that_the_documents_link_to_exist():
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8")):
            if not target.startswith("https://"):
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_dependencies_have_a_reason_each_and_no_reason_is_left_over():
    declared = {bare(line) for line in PROJECT["project"]["dependencies"]}
    declared |= {bare(line) for group in PROJECT["dependency-groups"].values() for line in group}
    explained = {
        bare(name)
        for name in re.findall(r"^\| ([a-z0-9_-]+) \|", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.MULTILINE)
    } - {"package", "___"}
    assert explained == declared


def test_every_setting_is_documented_and_no_other():
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", INSTALL, re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_every_scope_of_the_manifest_is_explained_and_no_other():
    explained = set(re.findall(r"^\| `([a-z_.]+(?::[a-z.]+)?)` \|", INSTALL, re.MULTILINE))
    assert explained == set(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_the_manifest_names_the_command():
    assert [command["command"] for command in MANIFEST["features"]["slash_commands"]] == [COMMAND]


def test_the_procfile_runs_commands_that_exist():
    for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines():
        words = line.split(": ", 1)[1].split()
        assert words[0] == "hfstats"
        assert words[1] in main.commands


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_hashed_and_name_no_address(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pins) > 30
    assert all("==" in pin for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text
    assert "index-url" not in text


def test_no_tracked_file_names_a_package_index():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    host = "|".join(("pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.org"))
    found = subprocess.run(["git", "grep", "-lIE", host], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.stdout == ""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "uv.lock" not in tracked
