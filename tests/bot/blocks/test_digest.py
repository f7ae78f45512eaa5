"""The message of a digest: few words, warnings first, one model told once; and its thread, which has the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.digest.builder import digest
from analytics.digest.edition import Edition
from analytics.digest.values import Highlight
from analytics.domain import Dimension
from bot.blocks.digest import as_json, as_text, digest_content, thread_content
from playground.block_kit.blocks import check_blocks

AGE = "The latest snapshot is from August 22, 2026, 98 days ago."


@pytest.fixture
def july(history):
    return digest(Edition.parse("2026-07"), history)


def lines(told, **options):
    return digest_content(told, "key", **options).above[1]["text"]["text"].split("\n")


def buttons(content):
    return [element["text"]["text"] for element in content.below[-1]["elements"]]


def test_a_message_has_the_finding_three_lines_and_a_source_line(july):
    content = digest_content(july, "key")
    assert [block["type"] for block in content.blocks([{"type": "image"}])] == [
        "section",
        "section",
        "image",
        "context",
        "actions",
    ]
    assert content.above[0]["text"]["text"] == f"*{july.headline}*"
    assert len(lines(july)) == 3
    assert content.below[0]["elements"][0]["text"].startswith("Digest for July 2026 · 300 models of the top list · 2026-06-30 to")
    assert content.below[0]["elements"][0]["text"].endswith("simulated data")
    assert check_blocks(content.blocks()) == []


def test_the_section_of_a_name_is_told_with_it(july):
    mit = (Highlight("MIT rose 1.0 point to 20.0%", Dimension.LICENSE), Highlight("MIT left the list", Dimension.CREATOR))
    other = Highlight("Licenses tagged “other” rose 1.0 point to 2.0%", Dimension.LICENSE)
    assert lines(replace(july, highlights=(*mit, other))) == [
        "• *License:* MIT rose 1.0 point to 20.0%",
        "• *Creator:* MIT left the list",
        "• Licenses tagged “other” rose 1.0 point to 2.0%",
    ]


def test_warnings_come_before_facts_and_are_at_most_two(july):
    warned = replace(july, warnings=("The counts stalled.", "The list is short."))
    assert lines(warned)[:2] == ["• :warning: The counts stalled.", "• :warning: The list is short."]
    assert lines(warned, age=AGE)[:2] == [f"• :warning: {AGE}", "• :warning: The counts stalled."]
    assert len(lines(warned, age=AGE)) == 3


def test_a_line_that_has_no_room_is_left_out(july):
    long = Highlight("word " * 60, Dimension.TASK)
    assert lines(replace(july, highlights=(july.highlights[0], long))) == lines(replace(july, highlights=july.highlights[:1]))


def test_the_rest_is_in_the_thread_or_behind_the_button(july):
    later, now = digest_content(july, "key"), digest_content(july, "key", in_thread=False)
    assert (buttons(later), buttons(now)) == (["Full rankings", "CSV"], ["Details", "CSV"])
    assert [*thread_content(july).above, *later.details] == now.details
    assert check_blocks(now.details) == []


def test_the_thread_has_every_section_the_notes_and_the_days_without_a_snapshot(july):
    content = thread_content(replace(july, notes=("A note.",)), missed=[date(2026, 7, 12)])
    told = str(content.above)
    assert all(line in content.text for section in july.sections for line in section.lines)
    assert ["A note." in told, july.likes in told, "No snapshot could be taken on July 12, 2026." in told] == [True] * 3


def test_the_model_in_the_headline_is_named_once_in_the_thread(july):
    content = thread_content(replace(july, jump="Qwen3-8B"))
    assert content.above[0]["elements"][0]["text"].startswith("Every change here includes Qwen3-8B.")


def test_a_terminal_and_json_have_all_of_it(july):
    text, values = as_text(replace(july, warnings=("The counts stalled.",), notes=("The counts stalled.",)), AGE), as_json(july)
    assert text.count("The counts stalled.") == text.count(AGE) == 1
    assert all(line in text for section in july.sections for line in section.lines)
    assert values["highlights"] == [str(highlight) for highlight in july.highlights]
