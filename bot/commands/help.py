"""``help``: every command with an example, made from the registry of questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.reply import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.overview import Entry

OPTIONS = (
    ("by models | downloads | likes", "what to count; without it, models and downloads side by side"),
    ("in top | trending | both", "which list; top is the 300 models with most downloads"),
    ("task text-generation", "only models with that task"),
    ("top 5", "only the first few"),
    ("at 2026-08", "as it was then; a day works too"),
    ("since 2026-01", "over time"),
    ("quiet", "first or last word: the answer is for you alone"),
)
"""Words that narrow a question, with what they do."""


def help_notice(entries: Sequence[Entry], command: str = "/hfstats") -> Notice:
    """Write a help that fits one screen."""
    questions = [(f"{command} {entry.form.example}", entry.summary) for entry in entries]
    return Notice(
        "Ask what the open-model world runs on; I answer with a chart. The last words narrow any question.",
        words=(*questions, *OPTIONS),
        suggestions=("licenses", "creators by downloads", "likes"),
    )


def completions(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return what may follow the command, each with what it does: every example, then help."""
    return [(example, entry.summary) for entry in entries for example in entry.examples] + [("help", "Everything that I answer")]
