"""A report in a command and in plain words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from analytics.digest.edition import Edition
from analytics.domain import ListName
from analytics.errors import QueryError
from bot.conversation.commands import command_word, parse_command
from bot.domain.access import Permission

AUGUST = Edition.parse("2026-08")


@pytest.mark.parametrize(
    ("text", "edition", "within", "then_and_now"),
    [
        ("report", None, ListName.TOP, False),
        ("Report latest", None, ListName.TOP, False),
        ("report 2026-08", AUGUST, ListName.TOP, False),
        ("report 2026-08 in trending", AUGUST, ListName.TRENDING, False),
        ("report in both August 2026", AUGUST, ListName.BOTH, False),
        ("report for 2026-08 then and now", AUGUST, ListName.TOP, True),
        ("report then and now in hub", None, ListName.HUB, True),
        ("article", None, ListName.TOP, False),
        ("the article for August 2026", AUGUST, ListName.TOP, False),
        ("summary", None, ListName.TOP, False),
        ("summary of aug 2026", AUGUST, ListName.TOP, False),
        ("tell me the story of August 2026", AUGUST, ListName.TOP, False),
        ("monthly report", None, ListName.TOP, False),
        ("show me the monthly report", None, ListName.TOP, False),
        ("Can you show us the monthly report for August 2026 in the trending list, with then and now?", AUGUST, "trending", True),
        ("please write the report about 2026-08!", AUGUST, ListName.TOP, False),
    ],
)
def test_a_report_is_asked_for_in_many_words(text, edition, within, then_and_now):
    command = parse_command(text, ())
    assert (command.word, command.permission) == ("report", Permission.SEE)
    assert (command.edition, command.within, command.then_and_now, command.typed) == (edition, within, then_and_now, text)


def test_a_month_without_a_year_is_the_latest_that_has_begun():
    today = datetime.now(UTC).date()
    assert parse_command("report this month", ()).edition == Edition.month(today)
    assert parse_command("report last month", ()).edition == Edition.month(today).before
    for month in range(1, 13):
        edition = parse_command(f"tell me the story of {date(2026, month, 1):%B}", ()).edition
        assert edition.first <= today < edition.last.replace(year=edition.last.year + 1, day=28)
        assert edition.first.month == month


@pytest.mark.parametrize(
    "text",
    ["summary of licenses", "the story", "story", "tell me the story of Meta", "article about licenses", "show me the licenses"],
)
def test_other_sentences_stay_questions(text):
    assert command_word(text) is None


@pytest.mark.parametrize("text", ["report foo", "report 2026-13", "report 2026-W30", "report August 26", "report in space"])
def test_a_mistake_names_what_to_write(text):
    with pytest.raises(QueryError, match=r"isn.t a month\. Write a month like 2026-08 or “August”") as raised:
        parse_command(text, ())
    assert raised.value.suggestions == ("report",)
