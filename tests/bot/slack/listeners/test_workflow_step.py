"""The step for Workflow Builder: its outputs, and its errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import slack_app
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_app import TRANSPORTS, WAIT, Broken, over_http, settings_for

from bot.analytics_pool.process import entries as all_entries
from bot.processes.demo import LINKED
from bot.slack.listeners.workflow_step import STEP
from playground import SlackStandIn
from playground.faults import Fault
from playground.server import EVENTS, SCOPES
from playground.web_api.functions import State

MANIFEST = json.loads((Path(__file__).parents[4] / "manifest.json").read_text(encoding="utf-8"))


class DeliveryContext:
    """A workspace with workflows, and the app as the manifest declares it."""

    def __init__(self, answers, transport=over_http):
        settings = MANIFEST["settings"]["event_subscriptions"]
        self.slack = SlackStandIn(
            functions=MANIFEST["functions"],
            events=settings["bot_events"],
            scopes=MANIFEST["oauth_config"]["scopes"]["bot"],
            unfurl_domains=MANIFEST["features"]["unfurl_domains"],
        ).start()
        self._stop = transport(self.slack, answers, all_entries())

    def run(self, question):
        """Run the step and wait for its end."""
        execution = self.slack.run_step(STEP, {"question": question})
        self.slack.wait_for(lambda: execution.state is not State.RUNNING, WAIT)
        return execution

    def close(self):
        self._stop()
        self.slack.stop()


@pytest.fixture(params=TRANSPORTS)
def everywhere(request, pool):
    delivery_context = DeliveryContext(pool, TRANSPORTS[request.param])
    yield delivery_context
    delivery_context.close()


@pytest.fixture
def delivery_context(pool):
    delivery_context = DeliveryContext(pool)
    yield delivery_context
    delivery_context.close()


def test_a_question_is_answered_as_text(everywhere):
    execution = everywhere.run("licenses by downloads")
    assert execution.state is State.COMPLETED
    outputs = execution.outputs
    assert outputs["headline"].startswith("Apache-2.0 leads with")
    lines = outputs["text"].splitlines()
    assert lines[0] == outputs["headline"]
    assert any("apache-2.0" in line and "%" in line for line in lines[1:])
    assert lines[-1].startswith("300 models of the top list · 2026-08-22 (UTC)")
    assert outputs["image_url"] == ""
    assert everywhere.slack.messages() == []


def test_the_step_returns_what_the_manifest_declares(delivery_context):
    assert set(delivery_context.run("licenses").outputs) == set(MANIFEST["functions"][STEP]["output_parameters"])
    assert set(MANIFEST["functions"]) == {STEP}


def test_what_the_stand_in_knows_is_what_the_manifest_asks_for():
    assert set(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) <= EVENTS
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) <= SCOPES
    assert MANIFEST["settings"]["function_runtime"] == "remote"
    assert MANIFEST["settings"]["org_deploy_enabled"] is True
    for parameters in (MANIFEST["functions"][STEP][side] for side in ("input_parameters", "output_parameters")):
        assert all(parameter["name"] == name for name, parameter in parameters.items())
    assert tuple(MANIFEST["features"]["unfurl_domains"]) == LINKED


def test_the_picture_has_an_address_where_pictures_are_shown_by_address(pool, monkeypatch):
    keys = SecretStr(Fernet.generate_key().decode())
    shown = {"hfstats_public_url": "https://hfstats.example", "hfstats_keys": keys, "slack_app_token": None}
    monkeypatch.setattr(slack_app, "settings_for", lambda slack: settings_for(slack).model_copy(update=shown))
    delivery_context = DeliveryContext(pool)
    address = delivery_context.run("licenses").outputs["image_url"]
    assert address.startswith("https://hfstats.example/charts/")
    assert address.endswith(".png")
    delivery_context.close()


@pytest.mark.parametrize(
    ("question", "told", "suggested"),
    [
        ("licenzes by downlods", "“licenzes by downlods”", "licenses by downloads"),
        ("creator metta", "I don't know the creator “metta”", "creator Meta"),
        ("help", "This step answers questions", "licenses"),
        ("build", "This step answers questions", "licenses"),
        ("  ", "This step answers questions", "licenses"),
        ("licenses at 1999-01", "There's no snapshot from January 1999", "licenses at 2026"),
    ],
)
def test_a_question_without_an_answer_ends_the_step_with_what_to_type_instead(delivery_context, question, told, suggested):
    execution = delivery_context.run(question)
    assert execution.state is State.FAILED
    sentence, _, tries = execution.error.partition("\nTry: ")
    assert told in sentence
    assert suggested in tries
    assert execution.outputs == {}


def test_the_command_before_the_question_is_forgiven_and_escapes_are_undone(delivery_context):
    assert delivery_context.run("/hfstats licenses").state is State.COMPLETED
    assert "“R&D”" in delivery_context.run("creator R&amp;D").error


def test_an_empty_store_ends_the_step_with_how_to_fill_it(empty_pool):
    delivery_context = DeliveryContext(empty_pool)
    assert "There's no data yet" in delivery_context.run("licenses").error
    delivery_context.close()


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_crash_ends_the_step_with_a_reference_to_the_log(transport, caplog):
    delivery_context = DeliveryContext(Broken(), TRANSPORTS[transport])
    error = delivery_context.run("licenses").error
    assert "ZeroDivisionError" not in error
    assert error.split("reference ")[1].rstrip(".") in caplog.text
    delivery_context.close()


def test_a_workflow_that_runs_wild_is_told_to_wait(pool, monkeypatch):
    monkeypatch.setenv("HFSTATS_PER_MINUTE", "1")
    delivery_context = DeliveryContext(pool)
    assert delivery_context.run("licenses").state is State.COMPLETED
    assert "Ask again in" in delivery_context.run("licenses").error
    delivery_context.close()


def test_a_step_that_comes_again_is_answered_once(delivery_context):
    delivery_context.run("licenses")
    delivery_context.slack._outbox.send_event(delivery_context.slack.deliveries[-1].payload)
    delivery_context.run("creators")
    assert [call.error for call in delivery_context.slack.calls if call.method.startswith("functions.")] == [None, None]


def test_a_step_that_slack_no_longer_waits_for_is_a_line_in_the_log(delivery_context, caplog):
    delivery_context.slack.faults.plan("functions.completeSuccess", Fault(error="execution_not_in_running_state"))
    delivery_context.slack.run_step(STEP, {"question": "licenses"})
    delivery_context.slack.wait_for(
        lambda: [one for one in delivery_context.slack.calls if one.method == "functions.completeSuccess"], WAIT
    )
    assert delivery_context.run("licenses").state is State.COMPLETED
    assert "could not complete the step: execution_not_in_running_state" in caplog.text
