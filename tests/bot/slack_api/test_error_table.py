"""Each Slack method that the code calls has its errors in docs/reference/slack-errors.md, as the code treats them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.domain.outbox import error_word
from bot.slack_api.error_words import DELIVERY_ENDS, TREATMENTS, Treatment, treatment_of

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "slack-errors.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `([a-z_0-9]+)` \| `([a-z]+)` \| (.+?) \|", re.MULTILINE)
WITHOUT_A_CALL = {
    "files_upload_v2": {"files.getUploadURLExternal", "files.completeUploadExternal"},
    "complete": {"functions.completeSuccess"},
    "fail": {"functions.completeError"},
}
"""What slack_sdk and Bolt call under another name."""


def sections():
    parts = re.split(r"^## (.+)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def methods_called():
    """The methods of the Web API that a name in the code stands for, as Slack calls them."""
    names = {name: name for name, value in vars(WebClient).items() if callable(value) and "_" in name.strip("_")}
    called = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in names and node.attr != "api_call":
                called |= WITHOUT_A_CALL.get(node.attr) or {as_slack_names(node.attr)}
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WITHOUT_A_CALL:
                called |= WITHOUT_A_CALL[node.func.id]
    return called - {""}


def as_slack_names(name):
    """``chat_postMessage`` is ``chat.postMessage``; what names no method of Slack's is ``""``."""
    source = getattr(WebClient, name).__code__.co_consts
    return next((const for const in source if isinstance(const, str) and const.replace(".", "_") == name), "")


def test_every_method_that_is_called_is_on_the_page_and_no_other():
    on_page = {title for title in sections() if "." in title}
    assert {"chat.postMessage", "views.publish", "functions.completeError"} <= methods_called()
    assert methods_called() == on_page


def test_every_section_names_its_source():
    for title, text in sections().items():
        assert "https://" in text, title


def test_every_error_is_treated_as_the_page_says():
    rows = _ROW.findall(PAGE)
    assert len(rows) > 200
    assert [(word, said) for word, said, _ in rows if treatment_of(word) != said] == []
    assert all(len(sentence) > 10 for _, _, sentence in rows)


def test_every_word_of_the_code_is_on_the_page():
    assert set(TREATMENTS) - {word for word, _, _ in _ROW.findall(PAGE)} == set()


def test_the_words_that_the_stand_in_answers_are_on_the_page():
    """It is as strict as Slack, so what it refuses a call with that we make is documented."""
    ours = {"canvases", "chat", "files", "functions", "views"}
    refused = set()
    for name in ours:
        text = (ROOT / "playground" / "web_api" / f"{name}.py").read_text(encoding="utf-8")
        refused |= set(re.findall(r'Refusal\("([a-z_]+)"', text))
    elsewhere = {
        "push_limit_reached",
        "file_upload_size_zero",
        "missing_length",
        "invalid_outputs",
    }  # of calls that we don't make
    assert refused - elsewhere - {word for word, _, _ in _ROW.findall(PAGE)} == set()


def test_every_treatment_is_explained():
    for treatment in Treatment:
        assert re.search(rf"^\| `{treatment}` \| .+ \| .+ \|$", PAGE, re.MULTILINE), treatment


def test_only_listed_words_end_a_delivery():
    for word in ("quantum_channel_decoherence", "channel_archived", "token_broken", "", "is archived", "HTTP 403"):
        assert treatment_of(word) not in DELIVERY_ENDS
    for word in ("service_unavailable", "message_limit_exceeded", "ratelimited", "team_added_to_org", "org_login_required"):
        assert treatment_of(word) is Treatment.RETRY


@pytest.mark.parametrize(
    "word", ["slack_connect_image_sharing_blocked", "invalid_file_id", "image_too_large", "upload_denied_by_plan"]
)
def test_an_unknown_word_about_a_picture_drops_the_picture(word):
    assert treatment_of(word) is Treatment.PICTURE


@pytest.mark.parametrize(
    "value", [None, 12, True, [], {}, "", "Not Found", "<html>", "a" * 80, "is archived", "is_archived\n", "HTTP"]
)
def test_what_is_no_word_of_slacks_is_none(value):
    assert error_word(value) == ""
