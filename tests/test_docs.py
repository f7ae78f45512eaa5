"""Hold the documentation to the code: commands, settings, metrics, scopes, paths, links and wording."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from analytics.domain import ListName
from analytics.questions.registry import FORMS, QUESTIONS, parse
from analytics.sources import listing_files
from analytics.storage import ingest
from analytics.storage.sql_history import SqlHistory
from bot import database_setup
from bot.analytics_pool.process import entries
from bot.cli.main import main
from bot.conversation.commands import WORDS, command_word, parse_command
from bot.conversation.help import topic_notice
from bot.observability.metrics import Metrics
from bot.settings import Settings
from bot.slack.listeners.command import COMMAND

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
INDEX = DOCS / "README.md"
PAGES = sorted(DOCS.rglob("*.md"))
DOCUMENTS = [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *PAGES]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MANIFEST = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))

LOOK_UP_ONLY = {"dependencies.md"}
"""Tables to look things up in: no next step, and the few sentences aren't wrapped."""
REPLACED_WORDS = re.compile(r"\b(clerks?|couriers?|errands?|chores?|the desk|ledgers?|fences?|lanes?)\b", re.IGNORECASE)
"""Words for which the project now uses standard terms."""
LINK = re.compile(r"\]\(\s*([^)\s]+)\s*\)")
CODE = re.compile(r"`([^`]+)`|^ {4,}(.+)$", re.MULTILINE)
"""Code in a line, and indented lines of code."""


def read(page):
    return page.read_text(encoding="utf-8")


def page_id(page):
    return str(page.relative_to(ROOT))


def reference(name):
    return read(DOCS / "reference" / f"{name}.md")


def section(text, title):
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def code(text):
    return [re.sub(r"\s+", " ", inline or line).strip() for inline, line in CODE.findall(text)]


def slack_examples(text):
    """Return the texts after the slash command, without the placeholders."""
    found = [line.partition(f"{COMMAND} ")[2] for line in code(text) if line.startswith(f"{COMMAND} ")]
    return [example for example in found if "…" not in example]


def shell_commands(text):
    """Return the words after ``hfstats`` in code, such as ``keys new``."""
    lines = [re.sub(r"^(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?hfstats ", "hfstats ", line) for line in code(text)]
    return [line.removeprefix("hfstats ") for line in lines if re.match(r"hfstats [a-z]", line)]


def cli_commands(group=main, before=""):
    """Return all commands of the command line by their full name; groups too, if they can run alone."""
    found = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found |= cli_commands(command, f"{before}{name} ")
        if not isinstance(command, click.Group) or command.invoke_without_command:
            found[f"{before}{name}"] = command
    return found


def anchors(text):
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


def prose(text):
    """Return the lines that are neither a table nor code."""
    return [line for line in text.splitlines() if not line.startswith(("|", "    "))]


def bare(requirement: str) -> str:
    return re.split(r"[\[><=~ ]", requirement)[0].replace("-", "_").casefold()


def test_readme_fits_on_two_screens():
    assert len(read(ROOT / "README.md").splitlines()) <= 90


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.form.word)
def test_the_reference_shows_every_question_with_an_example(question):
    words = {parse(example).word for example in slack_examples(reference("commands")) if not is_command(example)}
    assert question.form.word in words


def is_command(example):
    return command_word(example) is not None or example.partition(" ")[0] in {"help", "build"}


def test_the_reference_shows_every_command_of_the_bot():
    documented = {command_word(example) for example in slack_examples(reference("commands"))}
    assert {command_word(word) for word in WORDS} <= documented


def test_the_reference_explains_every_list():
    assert {name.value for name in ListName} <= set(re.findall(r"^\| `([a-z]+)` \|", reference("commands"), re.MULTILINE))


@pytest.mark.parametrize("page", DOCUMENTS, ids=page_id)
def test_every_slack_command_in_the_documents_is_understood(page):
    for example in slack_examples(read(page)):
        question = re.sub(r"^quiet | quiet$", "", example)
        if example.partition(" ")[0] == "help":
            assert example == "help" or topic_notice(entries(), example.partition(" ")[2])
        elif parse_command(example, FORMS) is None:
            parse(question)


@pytest.mark.parametrize("page", DOCUMENTS, ids=page_id)
def test_every_shell_command_in_the_documents_exists_with_its_options(page):
    for line in shell_commands(read(page)):
        names = [name for name in cli_commands() if line == name or line.startswith(f"{name} ")]
        assert names, f"{page_id(page)}: hfstats {line}"
        options = {option for parameter in cli_commands()[max(names, key=len)].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", line.partition("#")[0])) <= options | {"--help"}, line


@pytest.mark.parametrize("name", cli_commands())
def test_the_reference_shows_every_shell_command_with_its_options(name):
    rows = [line for line in reference("command-line").splitlines() if re.match(rf"\| `hfstats {name}[` ]", line)]
    assert rows, f"command-line.md has no row for hfstats {name}"
    shown = [parameter for parameter in cli_commands()[name].params if not getattr(parameter, "hidden", False)]
    options = {option for parameter in shown for option in parameter.opts if option.startswith("--")}
    assert {option for option in options if any(option in row for row in rows)} == options


def test_the_reference_shows_every_setting_and_no_other():
    documented = re.findall(r"^\| `([A-Z_]+)` \|", reference("settings"), re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


@pytest.mark.parametrize("page", DOCUMENTS, ids=page_id)
def test_every_setting_in_the_documents_exists(page):
    named = set(re.findall(r"\bHFSTATS_[A-Z_]+\b", read(page)))
    assert named - {"HFSTATS_SHARED"} <= {name.upper() for name in Settings.model_fields}  # that one is the tests' own


def test_the_reference_shows_every_metric_and_no_other():
    source = read(ROOT / "bot" / "observability" / "metrics.py")
    documented = re.findall(r"^\| `(hfstats_[a-z_]+)` \|", reference("metrics-and-logs"), re.MULTILINE)
    assert sorted(name.removesuffix("_total") for name in documented) == sorted(re.findall(r'"(hfstats_[a-z_]+)"', source))


def test_the_reference_names_the_labels_of_the_metrics():
    row = re.compile(r"^\| `(hfstats_[a-z_]+?)(?:_total)?` \| (?:`([a-z_]+)`)? ?\|", re.MULTILINE)
    documented = dict(row.findall(reference("metrics-and-logs")))
    metrics = [value for value in vars(Metrics()).values() if hasattr(value, "_labelnames")]
    declared = {metric._name: "".join(metric._labelnames) for metric in metrics}
    assert declared
    assert {name: documented[name] for name in declared} == declared


def test_the_reference_explains_every_scope_of_the_manifest_and_no_other():
    required, optional = (section(reference("scopes-and-access"), f"{kind} scopes") for kind in ("Required", "Optional"))
    scopes, row = MANIFEST["oauth_config"]["scopes"], re.compile(r"^\| `([a-z_.:]+)` \|", re.MULTILINE)
    assert set(row.findall(required)) == set(scopes["bot"]) - set(scopes["bot_optional"])
    assert set(scopes["bot_optional"]) <= set(row.findall(optional))


def test_the_loggers_in_the_reference_exist():
    loggers = re.findall(r"`(bot(?:\.[a-z_]+)+)`", reference("metrics-and-logs"))
    assert loggers
    assert [name for name in loggers if not (ROOT / (name.replace(".", "/") + ".py")).exists()] == []


def test_the_notebook_example_runs(tmp_path):
    rows = [f"2024-{month}-01,a/{name}-model,{month},{name}" for month in (10, 11) for name in ("mit", "apache-2.0")]
    listing = "\n".join(["snapshot_date,model_id,downloads,license", *rows])
    (tmp_path / "listing.csv").write_text(listing, encoding="utf-8")
    database = database_setup.store(Settings(database_url=f"sqlite:///{tmp_path / 'hfstats.db'}"))
    ingest.store_days(listing_files.listings(tmp_path / "listing.csv"), SqlHistory(database))
    database.dispose()
    lines = section(read(DOCS / "how-to" / "use-answers-in-a-notebook.md"), "In a notebook").splitlines()
    example = "\n".join(line.strip() for line in lines if line.startswith("    "))
    subprocess.run([sys.executable, "-c", example], cwd=tmp_path, env={**os.environ, "MPLBACKEND": "agg"}, check=True)


@pytest.mark.parametrize("page", DOCUMENTS, ids=page_id)
def test_links_lead_to_pages_and_headings_that_exist(page):
    for link in LINK.findall(read(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        assert not anchor or anchor in anchors(read(target)), link


def test_the_index_lists_every_page():
    listed = {(INDEX.parent / link.partition("#")[0]).resolve() for link in LINK.findall(read(INDEX))}
    assert [page_id(page) for page in PAGES if page != INDEX and page.resolve() not in listed] == []
    assert "docs/README.md" in LINK.findall(read(ROOT / "README.md"))


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_a_page_has_one_title_and_ends_with_where_to_go_next(page):
    text = read(page)
    assert [line for line in prose(text) if line.startswith("# ")] == [text.splitlines()[0]]
    if page.name not in LOOK_UP_ONLY:
        assert re.fullmatch(r"Next: \[[^\]]+\]\([^)]+\)\.", text.strip().split("\n\n")[-1].replace("\n", " "))


@pytest.mark.parametrize("page", DOCUMENTS, ids=page_id)
def test_the_documents_use_standard_terms(page):
    assert REPLACED_WORDS.findall(read(page)) == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=page_id)
def test_prose_wraps_at_100_columns(page):
    assert page.name in LOOK_UP_ONLY or [line for line in prose(read(page)) if len(line) > 100] == []


@pytest.mark.parametrize("page", DOCUMENTS, ids=page_id)
def test_the_paths_that_a_document_names_exist(page):
    named = re.findall(r"`((?:analytics|bot|playground|bench|tests|docs)/[\w./-]+)`", read(page))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_dependencies_have_a_reason_each_and_no_reason_is_left_over():
    declared = {bare(line) for line in PROJECT["project"]["dependencies"]}
    declared |= {bare(line) for group in PROJECT["dependency-groups"].values() for line in group}
    explained = {
        bare(name)
        for name in re.findall(r"^\| ([a-z0-9_-]+) \|", (ROOT / "docs/dependencies.md").read_text(encoding="utf-8"), re.MULTILINE)
    } - {"package", "___"}
    assert explained == declared


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
