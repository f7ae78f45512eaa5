"""Render a digest as a message, as detailed rankings, as CSV, as JSON and as text."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from analytics.export.serialization import safe
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import change_of, day, enumerate_, name
from bot.blocks import text_objects
from bot.blocks.escape import escape, escape_line, escape_plain_text, escape_preformatted, prevent_links
from bot.blocks.messages import ALT
from bot.blocks.text import source_line
from bot.blocks.text_objects import SECTION, cut, plain_text
from bot.domain.content import Content

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from analytics.answer import Ranking, Shift
    from analytics.digest.values import Digest, Section
    from bot.blocks.messages import Block

DETAILS = "digest_details"
"""Action id of the button that posts the full rankings to the thread; its value is the digest's key."""
NUMBERS = "digest_csv"
"""Action id of the button that sends the CSV file; its value is the digest's key."""
_ROWS = 25
"""Rows of a detailed ranking; the CSV file has all of them."""
_WORDS = 80
"""Most words of a message, without its buttons."""
_MOST, _MOST_WARNINGS = 3, 2
"""Most lines below the headline, and how many of them may warn."""


def digest_content(digest: Digest, key: str, *, sample: bool = False, age: str = "", in_thread: bool = True) -> Content:
    """Return the digest as message content: the finding, at most three lines, the picture and the source.

    ``key`` identifies the stored digest; ``sample`` marks a preview; ``age`` is a sentence about old data. ``in_thread``: whether
    :func:`thread_content` follows in the thread; otherwise a button shows it there.
    """
    lines, source = _lines(digest, age, sample=sample), _source(digest, sample=sample)
    above = [text_objects.section(f"*{escape_line(digest.headline)}*")]
    if lines:
        above.append(text_objects.section("\n".join(f"• {line}" for line in lines)))
    rest = [] if in_thread else thread_content(digest).above
    return Content(
        text=cut(prevent_links("\n".join([escape(digest.headline), *lines, escape(source)])).replace("*", ""), 3900),
        above=above,
        below=[text_objects.context(escape_line(source)), _buttons(key, "Full rankings" if in_thread else "Details")],
        alt=cut(escape_plain_text(digest.chart.alt), ALT),
        files={f"hfstats-digest-{digest.edition}.csv": as_csv(digest)},
        details=[*rest, *details(digest)],
    )


def thread_content(digest: Digest, *, missed: Sequence[date] = ()) -> Content:
    """Return what follows the digest in its thread: the sections in full and the notes. ``missed``: days without a snapshot."""
    sections = [text_objects.section(_section_text(section)) for section in digest.sections]
    small = [line for line in (digest.likes, *digest.notes, _missing_days_note(missed)) if line]
    preface = [_preface(digest)] if digest.jump else []
    return Content(
        text=cut(prevent_links(escape("\n".join([*preface, *_in_full(digest), *small]))), 3900),
        above=[
            *(text_objects.context(escape_line(line)) for line in preface),
            *sections,
            *([text_objects.context("\n".join(map(escape_line, small)))] if small else []),
        ],
    )


def missing_digest(reason: str) -> Content:
    """Return the message that replaces a digest that could not be built."""
    sentence = f"{reason} The next digest will arrive on schedule."
    return Content(text=cut(prevent_links(escape(sentence)), 3900), above=[text_objects.section(escape(sentence))])


def as_text(digest: Digest, age: str = "") -> str:
    """Return the digest as plain text, with what a message has in its thread; ``age`` is a sentence about old data."""
    highlights = [f"  {line}" for line in (*filter(None, (age,)), *digest.warnings, *map(str, digest.highlights[:_MOST]))]
    preface = [_preface(digest), ""] if digest.jump else []
    notes = [note for note in digest.notes if note not in digest.warnings]
    lines = [digest.headline, *highlights, digest.title, "", *preface, *_in_full(digest)]
    return "\n".join([*lines, *filter(None, (digest.likes, *notes)), source_line(digest.source)])


def _lines(digest: Digest, age: str, *, sample: bool) -> list[str]:
    """Return the at most three lines below the headline as mrkdwn: warnings first, then as many highlights as may be read."""
    warnings = [line for line in (age, *digest.warnings) if line][:_MOST_WARNINGS]
    room = _WORDS - sum(map(word_count, (digest.headline, *warnings, _source(digest, sample=sample))))
    lines = [f":warning: {escape_line(warning)}" for warning in warnings]
    for highlight in digest.highlights:
        room -= word_count(str(highlight))
        if len(lines) == _MOST or room < 0:
            break
        label = f"*{highlight.label}:* " if highlight.label else ""
        lines.append(f"{label}{escape_line(highlight.text)}")
    return lines


def word_count(text: str) -> int:
    """Return how many words a reader reads: whatever stands between spaces and isn't only a sign."""
    return sum(any(character.isalnum() for character in word) for word in text.split())


def _source(digest: Digest, *, sample: bool) -> str:
    return f"{digest.title}{' · sample' if sample else ''} · {source_line(digest.source)}"


def _preface(digest: Digest) -> str:
    return f"Every change here includes {digest.jump}. In parentheses: the change without that model."


def _in_full(digest: Digest) -> list[str]:
    return [
        line
        for section in digest.sections
        for line in (section.dimension.plural.capitalize(), *(f"  {one}" for one in (*section.lines, *section.notes)), "")
    ]


def details(digest: Digest) -> list[Block]:
    """Return the detailed rankings, one block per section."""
    return [
        text_objects.section(
            f"*{section.dimension.plural.capitalize()}*\n```{cut(escape_preformatted(_table(section)), SECTION - 60)}```"
        )
        for section in digest.sections
        if section.rankings
    ]


def as_csv(digest: Digest) -> str:
    """Return one CSV row per name, in order of downloads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header = ["dimension", "name", "models", "downloads", "share_of_models", "share_of_downloads", "rank"]
    writer.writerow([*header, "share_of_downloads_before", "points", "rank_before"])
    for section in digest.sections:
        if not section.rankings:
            continue
        models = {share.name: share for share in section.rankings[0].shares}
        shifts = {shift.name: shift for shift in section.shifts}
        for share in section.rankings[-1].shares:
            shift, counted = shifts.get(share.name), models.get(share.name)
            row = [section.dimension, safe(share.name), counted.value if counted else 0, share.value]
            row += [f"{counted.portion:.6f}" if counted else 0, f"{share.portion:.6f}", share.rank or ""]
            row += [f"{shift.before:.6f}", f"{shift.points * 100:.3f}", shift.rank_before or ""] if shift else ["", "", ""]
            writer.writerow(row)
    return out.getvalue()


def as_json(digest: Digest) -> dict[str, object]:
    """Return the digest as JSON values; portions are numbers from 0 to 1."""
    return {
        "edition": str(digest.edition),
        "headline": digest.headline,
        "highlights": [str(highlight) for highlight in digest.highlights],
        "warnings": list(digest.warnings),
        "snapshot": digest.source.snapshot.isoformat(),
        "list": digest.source.list,
        "simulated": digest.source.simulated,
        "likes": digest.likes,
        "notes": list(digest.notes),
        "sections": [_as_json(section) for section in digest.sections],
    }


def _as_json(section: Section) -> dict[str, object]:
    ranking = section.rankings[-1].shares if section.rankings else ()
    return {
        "dimension": section.dimension,
        "since": section.since.isoformat() if section.since else None,
        "coverage": section.coverage,
        "coverage_before": section.coverage_before,
        "ranking": [{"name": share.name, "portion": share.portion, "rank": share.rank} for share in ranking],
        "shifts": [_shift(shift) for shift in section.shifts],
        "entered": list(section.entered),
        "left": list(section.left),
        "lines": list(section.lines),
        "notes": list(section.notes),
    }


def _shift(shift: Shift) -> dict[str, object]:
    return {
        "name": shift.name,
        "before": shift.before,
        "after": shift.after,
        "points": shift.points,
        "rank_before": shift.rank_before,
        "rank_after": shift.rank_after,
        "reasons": [{"model": reason.model, "cause": reason.why, "points": reason.points} for reason in shift.reasons],
        "basis": shift.basis,
        "low": shift.low,
        "high": shift.high,
    }


def _missing_days_note(days: Sequence[date]) -> str:
    """Say on which days no snapshot could be taken; ``""`` for none."""
    if not days:
        return ""
    named = enumerate_([day(one) for one in days]) if len(days) <= 3 else f"{len(days)} days, the last of them {day(days[-1])}"
    return f"No snapshot could be taken on {named}."


def _section_text(section: Section) -> str:
    first, *others = [escape_line(line) for line in section.lines] or [""]
    lines = [f"*{section.dimension.plural.capitalize()}*  {first}", *(f"• {line}" for line in others)]
    return "\n".join([*lines, *(f"_{escape_line(note)}_" for note in section.notes)])


def _table(section: Section) -> str:
    ranking: Ranking = section.rankings[-1]
    shifts = {shift.name: shift for shift in section.shifts}
    rows = []
    for share in ranking.first(_ROWS).shares:
        shift = shifts.get(share.name)
        change = change_of(shift).removesuffix(" points").removesuffix(" point") if shift else ""
        rows.append((str(share.rank or "-"), name(section.dimension, share.name), percent(share.portion), change))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        f"{place.rjust(widths[0])}  {who.ljust(widths[1])}  {part.rjust(widths[2])}  {change.rjust(widths[3])}".rstrip()
        for place, who, part, change in rows
    )


def _buttons(key: str, first: str) -> Block:
    elements = [
        {"type": "button", "action_id": action, "text": plain_text(text), "value": key}
        for action, text in ((DETAILS, first), (NUMBERS, "CSV"))
    ]
    return {"type": "actions", "elements": elements}
