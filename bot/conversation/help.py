"""``help``: everything that can be asked on one screen, or one question with its examples; made from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.query import Option
from bot.domain.reply import Line, Notice, Section
from bot.domain.store_summary import group_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.query import Form
    from bot.domain.request import Command
    from bot.domain.store_summary import Entry

OPTIONS = {
    Option.BY: Line(("by models", "by downloads", "by likes"), "what to count; models and downloads without it"),
    Option.IN: Line(("in trending", "in both"), "another list than the 300 models with most downloads"),
    Option.TASK: Line(("task text-generation",), "only models with that task"),
    Option.TOP: Line(("top 5",), "only the first few"),
    Option.AT: Line(("at 2026-08",), "as it was then; a day works too"),
    Option.SINCE: Line(("since 2026-01",), "over time"),
}
"""The words that narrow a question, with what they do."""

_NARROWED = Section(
    "Narrow any of them",
    (
        Line((*OPTIONS[Option.BY].typed, *OPTIONS[Option.IN].typed), "what to count, in which list"),
        Line(
            tuple(word for option in (Option.TASK, Option.TOP, Option.AT, Option.SINCE) for word in OPTIONS[option].typed),
            "that task, the first few, as it was, over time",
        ),
    ),
)
CHANNEL = (
    (("subscribe", "subscribe weekly friday at 9am Europe/Berlin"), "the digest of each month or week, in this channel"),
    (("pause", "resume", "unsubscribe", "subscriptions"), "this channel's subscription; everybody's"),
    (("digest now", "digest 2026-07"), "a digest now"),
    (("watch creator meta below 10%", "watches"), "told once when that happens; what is watched"),
    (("predict", "predict creators Alibaba 70% by 2026-12"), "bet on who will lead, by a form or in words"),
    (("bets", "unbet 3"), "who bet what here, and who is good at it; one of yours taken back"),
    (("status",), "how fresh the data are, and what did not arrive"),
)
"""Commands for subscriptions, alerts and bets, with descriptions."""

STARTERS = ("licenses", "models", "countries", "subscribe")
"""Completions for a first try: a share, a ranking, a grouping and a digest. Each works with a single snapshot."""

_CHANNEL = Section(
    "For a channel",
    (
        Line(("subscribe", "digest now", "subscriptions"), "what shifted, and why: monthly, or now; who gets it"),
        Line(("watch creator meta below 10%", "watches", "predict", "bets", "status"), "alerts; who will lead; how things stand"),
    ),
)
_ELSEWHERE = Section(
    "And",
    (
        Line(("licenses quiet",), "the answer is for you alone"),
        Line(("build", "help creators"), "a form to choose from; one question with examples"),
        Line(("@hfstats licenses",), "mention me or write to me directly: the same words"),
    ),
)


def help_notice(entries: Sequence[Entry], about: str = "", command: str = "/hfstats") -> Notice:
    """Write a help that fits one screen, or the one ``about`` a question."""
    entry = _entry(entries, about)
    if entry:
        return _of_one(entry)
    groups: dict[str, list[Entry]] = {}
    for one in entries:
        groups.setdefault(group_of(one.form), []).append(one)
    text = f"Type {command} and any of these; I answer with a chart and the finding in a sentence."
    return Notice(
        text,
        sections=(*map(_group, groups, groups.values()), _NARROWED, _CHANNEL, _ELSEWHERE),
        suggestions=("licenses",),
        build="",
    )


def build_notice(command: Command) -> Notice:
    """Offer the form where Slack lets nothing but a button open it: after a mention, in a direct message."""
    text = "Build your question in a form instead of typing it."
    return Notice(f"{command.mistake} {text}".strip(), build=str(command.question) if command.question else "")


def completions(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return what may follow the command, each with what it does: every example, then the chores."""
    return [
        *((example, entry.summary) for entry in entries for example in entry.examples),
        *((typed, meaning[:1].upper() + meaning[1:]) for words, meaning in CHANNEL for typed in words),
        ("build", "A form to choose from instead of typing"),
        ("help", "Everything that I answer"),
    ]


def _entry(entries: Sequence[Entry], about: str) -> Entry | None:
    word = about.strip().casefold()
    return next((one for one in entries if word == one.form.word or word in one.form.aliases), None)


def _group(title: str, entries: Sequence[Entry]) -> Section:
    alike = tuple(one.form.example for one in entries if _names_one_of_many(one.form))
    together = (Line(alike, "its share, with its models"),) if alike else ()
    others = [one for one in entries if not _names_one_of_many(one.form)]
    alone = (Line((one.form.example,), one.summary) for one in others if not one.brief)
    short = [one for one in others if one.brief]
    brief = (
        (Line(tuple(one.form.example for one in short), "; ".join(dict.fromkeys(one.brief for one in short))),) if short else ()
    )
    return Section(title, (*together, *alone, *brief))


def _names_one_of_many(form: Form) -> bool:
    """Tell the questions about one name of a ranking, which read alike, from those about anything else."""
    return form.fewest == form.most == 1 and Option.BY in form.options


def _of_one(entry: Entry) -> Notice:
    sections = []
    options = tuple(OPTIONS[option] for option in Option if option in entry.form.options)
    if options:
        sections.append(Section("Narrowed with", options))
    if entry.form.aliases:
        sections.append(Section("Also understood", (Line(entry.form.aliases, ""),)))
    return Notice(
        f"{entry.form.word}: {entry.summary}.", sections=tuple(sections), suggestions=entry.examples, build=entry.form.example
    )
