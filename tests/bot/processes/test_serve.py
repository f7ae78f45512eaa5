"""``hfstats serve`` as a process: HTTP, Socket Mode, a clear end on SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from leaks import TYPED, found_in
from waiting import until

from playground import SlackStandIn

WAIT = 40.0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(simulated, tmp_path):
    """Start ``hfstats serve`` with these settings; what still runs at the end is killed."""
    started = []

    def start(**settings):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "HF", "PORT", "DATABASE"))}
        log = (tmp_path / "serve.log").open("w+", encoding="utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli.main", "serve"],
            env={**kept, "DATABASE_URL": simulated, "HFSTATS_WITH_WORKER": "false", **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        started.append((process, log))
        return process, tmp_path / "serve.log"

    yield start
    for process, log in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        log.seek(0)
        assert found_in(log.read(), [TYPED]) == []
        log.close()


def answered(slack, channel="general"):
    return slack.wait_for(
        lambda: [m for m in slack.messages(channel) if any(block["type"] == "image" for block in m.blocks)], WAIT
    )[-1]


def when_up(url, process):
    until = time.monotonic() + WAIT
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as response:
                return response.status
        except OSError:  # refused, or bound but still loading
            time.sleep(0.1)
    raise AssertionError(f"not up: exit code {process.poll()}")


def test_over_http_a_command_is_answered_and_sigterm_ends_it(serve):
    port = free_port()
    with SlackStandIn(request_url=f"http://127.0.0.1:{port}/slack/events") as slack:
        process, log = serve(
            PORT=str(port),
            SLACK_BOT_TOKEN=slack.bot_token(),
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url,
        )
        assert when_up(f"http://127.0.0.1:{port}/healthz", process) == 200
        assert slack.verify_url()
        assert slack.command("licenses by downloads").ok
        assert "Apache-2.0 leads with" in slack.shown_text(answered(slack))
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
        said = log.read_text(encoding="utf-8")
        assert slack.bot_token() not in said
        assert slack.signing_secret not in said


def test_over_socket_mode_a_command_is_answered_and_sigterm_ends_it(serve):
    with SlackStandIn() as slack:
        process, log = serve(SLACK_BOT_TOKEN=slack.bot_token(), SLACK_APP_TOKEN=slack.app_token, SLACK_API_URL=slack.api_url)
        slack.wait_for(
            lambda: any(call.method == "apps.connections.open" for call in slack.calls) or process.poll() is not None, WAIT
        )
        slack.wait_for(lambda: slack.command("licenses by downloads", channel="random").ok, WAIT)
        assert "Apache-2.0 leads with" in slack.shown_text(answered(slack, "random"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
        assert slack.app_token not in log.read_text(encoding="utf-8")


def test_a_token_that_slack_refuses_is_one_clear_sentence(serve):
    with SlackStandIn() as slack:
        process, log = serve(SLACK_BOT_TOKEN="xoxb-wrong", SLACK_APP_TOKEN=slack.app_token, SLACK_API_URL=slack.api_url)
        assert process.wait(WAIT) == 1
        said = log.read_text(encoding="utf-8")
        assert "Slack rejected the token (invalid_auth)" in said
        assert "OAuth & Permissions" in said
        assert "Traceback" not in said


def several(slack, many):
    """Type as many commands, all acknowledged; the answers are still to come."""
    words = ("licenses", "creators", "tasks", "likes", "models")
    for place in range(many):
        month = f"2026-0{5 + place // len(words)}"
        assert slack.command(f"{words[place % len(words)]} at {month}", channel="random").ok


def test_sigterm_over_http_finishes_what_was_acknowledged(serve):
    port = free_port()
    with SlackStandIn(request_url=f"http://127.0.0.1:{port}/slack/events") as slack:
        process, log = serve(
            PORT=str(port),
            SLACK_BOT_TOKEN=slack.bot_token(),
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url,
            HFSTATS_LOG_LEVEL="DEBUG",
        )
        assert when_up(f"http://127.0.0.1:{port}/healthz/ready", process) == 200
        several(slack, 10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
        assert len(answers(slack)) == 10
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        assert any("finishing" in line["event"] for line in lines)


def test_sigterm_over_socket_mode_finishes_what_was_acknowledged(serve):
    with SlackStandIn() as slack:
        process, _ = serve(
            SLACK_BOT_TOKEN=slack.bot_token(),
            SLACK_APP_TOKEN=slack.app_token,
            SLACK_API_URL=slack.api_url,
            HFSTATS_LOG_FORMAT="text",
            HFSTATS_LOG_LEVEL="DEBUG",
        )
        slack.wait_for(lambda: slack.socket_mode.connected or process.poll() is not None, WAIT)
        several(slack, 10)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT) == 0
        assert len(answers(slack)) == 10


def test_a_port_that_is_taken_is_one_clear_sentence(serve):
    with SlackStandIn() as slack, socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = {"SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_API_URL": slack.api_url}
        process, log = serve(PORT=str(port), SLACK_BOT_TOKEN=slack.bot_token(), **settings)
        assert process.wait(WAIT) == 1
        said = log.read_text(encoding="utf-8")
        assert f"Can't listen on port {port}: Address already in use. Set PORT to another one." in said
        assert "Traceback" not in said


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_process_below_it_has_its_connections(serve):
    port = free_port()
    with SlackStandIn(request_url=f"http://127.0.0.1:{port}/slack/events") as slack:
        process, _ = serve(
            PORT=str(port),
            SLACK_BOT_TOKEN=slack.bot_token(),
            SLACK_SIGNING_SECRET=slack.signing_secret,
            SLACK_API_URL=slack.api_url,
            HFSTATS_WITH_WORKER="true",
            HF_ENDPOINT="http://127.0.0.1:9",
        )
        with socket.socket() as silent:
            assert when_up(f"http://127.0.0.1:{port}/healthz", process) == 200
            silent.connect(("127.0.0.1", port))
            until(lambda: len(accepted(process.pid, port)) == 2)  # the socket that listens, and this one
            before = children(process.pid)
            assert len(before) >= 2, "the worker and an analytics process"
            [analytics] = [one for one in before if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
            os.kill(analytics, signal.SIGKILL)  # its successor is started while there are connections
            assert slack.command("licenses by downloads").ok
            answered(slack)
            until(lambda: len(children(process.pid) - before) >= 1)
            for child in children(process.pid):
                assert accepted(child, port) == set()


def children(pid):
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


def accepted(pid, port):
    """Return the sockets of a process whose own end is this port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {line[9] for line in lines if int(line[1].partition(":")[2], 16) == port}
    links = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            links.add(file.readlink().name)
    return {inode for inode in inodes if f"socket:[{inode}]" in links}


def answers(slack):
    return [m for m in slack.messages("random") if any(block["type"] == "image" for block in m.blocks)]
