"""The walk "Add a question" in CONTRIBUTING.md, taken in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[3]
COPIED = ("analytics", "bot", "playground", "tests", "docs", "pyproject.toml", "manifest.json", "README.md", "CHANGELOG.md")
WALK = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("\n## Add a question\n")[1].split("\n## ")[0]


def blocks(text):
    """Return the indented blocks of code, without their indentation."""
    return [dedent(block).strip("\n") + "\n" for block in re.findall(r"(?:^(?: {4}.*)?\n)+", text, re.MULTILINE) if block.strip()]


def insert(path, line, before):
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, f"{line}\n{before}"), encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project after the steps that change files."""
    copy = tmp_path_factory.mktemp("project")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name)
        else:
            shutil.copy(ROOT / name, copy / name)
    shutil.copy(ROOT / "CONTRIBUTING.md", copy)
    module, entry, _, row = blocks(WALK)
    folder, name = re.findall(r"`(\w+\.py)` in `([\w/]+)`", WALK)[0][::-1]
    assert not (copy / folder / name).exists(), "the question of the walk is not in the project"
    (copy / folder / name).write_text(module, encoding="utf-8")
    added_import, added_entry = (line for line in entry.splitlines() if line)
    registry = copy / "analytics" / "questions" / "registry.py"
    insert(registry, added_import, before="from analytics.questions.rankings.origins import")
    insert(registry, f"    {added_entry}", before="    NAMESPACES,\n)")
    insert(copy / "docs" / "reference" / "commands.md", row.strip(), before="| `/hfstats models by likes top 10` |")
    return copy


def run(project, *words, **settings):
    environment = {**os.environ, "PYTHONPATH": str(project), **settings}
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_the_question_of_the_walk_has_all_its_parts(project):
    command = blocks(WALK)[2].split()
    assert command[0] == "pytest"
    done = run(project, *command, "tests/test_docs.py", "-v", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    for test in ("test_every_question.py", "test_questions.py", "test_follow_ups.py"):
        assert f"tests/analytics/questions/{test}" in done.stdout
    assert "tests/test_docs.py::test_the_reference_shows_every_question_with_an_example[newest] PASSED" in done.stdout
    assert (project / "tests/analytics/questions/golden/newest.json").is_file()


def test_without_its_buttons_the_question_of_the_walk_fails(project, tmp_path):
    copy = shutil.copytree(project, tmp_path / "project")
    module = next(copy.rglob("newest.py"))
    text = module.read_text(encoding="utf-8")
    options = "frozenset({Option.IN, Option.TASK, Option.AT})"
    assert options in text
    broken = re.sub(r"FollowUpRules\(.*\),", "FollowUpRules(),", text).replace(options, "frozenset({Option.IN, Option.TASK})")
    module.write_text(broken, encoding="utf-8")
    done = run(copy, "pytest", "tests/analytics/questions/test_every_question.py", "-k", "newest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 1, done.stdout
    assert "follow-ups" in done.stdout


def test_the_question_of_the_walk_is_answered_in_a_shell(project, tmp_path):
    rows = ["snapshot_date,model_id,downloads,created_at", "2026-08-01,a/old,9,2022-05-01", "2026-08-01,b/new,5,2026-07-01"]
    (tmp_path / "listing.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'hfstats.db'}"
    imported = run(project, "bot", "import", str(tmp_path / "listing.csv"), DATABASE_URL=url)
    assert imported.returncode == 0, imported.stderr
    asked = run(project, "bot", "ask", "which", "models", "were", "created", "last", "--json", DATABASE_URL=url)
    assert "b/new is the newest model in the list, created on July 1, 2026" in asked.stdout, asked.stderr
    assert '"rankings"' in run(project, "bot", "schema", "newest").stdout


def test_the_walk_keeps_to_the_style(project):
    checked = run(project, "ruff", "check", "analytics/questions")
    assert checked.returncode == 0, checked.stdout
    formatted = run(project, "ruff", "format", "--check", "analytics/questions")
    assert formatted.returncode == 0, formatted.stdout
