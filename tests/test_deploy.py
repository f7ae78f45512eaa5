"""What is deployed with: the files name what there is, and nothing in them runs with more rights than it needs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
APP = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))
STAGES = DOCKERFILE.split("\nFROM ")[1:]


def commands(name):
    return re.findall(r"\bhfstats ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["Procfile", "heroku.yml", "docs/how-to/deploy.md"])
def test_every_command_exists(name):
    named = set(commands(name)) - {"hfstats", "in"}
    assert named
    assert named <= set(main.commands)


def test_web_worker_and_release_are_there():
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text(encoding="utf-8").splitlines())
    assert lines == {"release": "hfstats db upgrade", "web": "hfstats serve", "worker": "hfstats worker"}
    assert set(APP["formation"]) == {"web", "worker"}


def test_every_variable_that_a_one_click_deploy_asks_for_is_a_setting_with_a_reason():
    known = {name.upper() for name in Settings.model_fields}
    assert set(APP["env"]) <= known
    assert all(len(one["description"]) > 10 for one in APP["env"].values())
    assert {name for name, one in APP["env"].items() if one.get("required")} == {"SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"}


def test_the_container_runs_without_rights_and_says_how_it_is():
    last = STAGES[-1]
    [user] = re.findall(r"^USER (\S+)", last, re.MULTILINE)
    assert user not in {"root", "0"}
    assert last.index("USER ") < last.index("CMD")
    assert "HEALTHCHECK" in last
    assert "/healthz/ready" in last
    assert json.loads(re.findall(r"^CMD (\[.*\])$", last, re.MULTILINE)[-1]) == ["hfstats", "serve"]


def test_the_health_check_is_a_program(tmp_path):
    [check] = re.findall(r"HEALTHCHECK[^\n]*\\\n\s+CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    program, flag, code = json.loads(check)
    assert (program, flag) == ("python", "-c")
    compile(code, str(tmp_path), "exec")


def test_the_container_is_built_from_the_lock_and_keeps_no_tool():
    assert len(STAGES) == 2
    assert all("-slim" in stage.splitlines()[0] for stage in STAGES)
    installs = re.findall(r"pip install (.*)", DOCKERFILE)
    assert installs == ["--require-hashes --requirement requirements.lock", "--no-deps --no-build-isolation ."]
    assert "pip install" not in STAGES[-1]
    assert "http://127.0.0.1" in DOCKERFILE
    assert not re.search(r"https?://(?!127\.0\.0\.1)", DOCKERFILE)


def test_what_is_copied_exists_and_is_let_in():
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    copied = set()
    for line in re.findall(r"^COPY (?!--from)(.*)", DOCKERFILE, re.MULTILINE):
        copied |= set(line.split()[:-1])
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)


def test_every_documented_form_restarts_however_it_ended():
    """A worker ends with 0 only when it is told to; a policy that trusted that would have left the old one dead."""
    deploy = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
    assert re.findall(r"^ +Restart=(.*)$", deploy, re.MULTILINE) == ["always"]
    assert "StartLimitIntervalSec=0" in deploy
    runs = re.findall(r"^ +docker run (?:.*\\\n)*.*", deploy, re.MULTILINE)
    assert len(runs) == 2
    assert all("--restart unless-stopped" in one for one in runs)
    assert '--health-cmd "hfstats worker --check"' in next(one for one in runs if one.endswith("hfstats worker"))
