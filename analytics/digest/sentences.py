"""A digest in words: who leads, what moved and why. No data is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.formatting.numbers import percent
from analytics.formatting.phrases import day, enumerate_, name, ordinal, plural, points
from analytics.questions.changes.movers import because

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Shift
    from analytics.digest.edition import Edition
    from analytics.digest.values import Section
    from analytics.domain import Dimension

NOTICED = 0.005
"""A shift of half a point is the least that makes a headline."""
TOLD = 0.0005
"""A shift that rounds to no tenth of a point is not told."""
_PART = 0.15
"""Part of a shift from which a model is named as its reason."""


def leaders(ranking: Ranking, dimension: Dimension, most: int = 3) -> str:
    """Say who leads by downloads: ``Apache-2.0 58.1%, MIT 20.2%, none declared 9.9% of downloads``."""
    named = ", ".join(f"{name(dimension, share.name)} {percent(share.portion)}" for share in ranking.shares[:most])
    return f"{named} of {ranking.by}"


def shifted(shift: Shift, dimension: Dimension) -> str:
    """Say one shift: by how much, to what, the ranks where they changed, and the models that made it."""
    text = f"{name(dimension, shift.name)} {points(shift.points)} to {percent(shift.after)}"
    if shift.rank_before and shift.rank_after and shift.rank_before != shift.rank_after:
        text += f" ({ordinal(shift.rank_before)} to {ordinal(shift.rank_after)})"
    why = reasons(shift)
    return f"{text}: {why}" if why else text


def reasons(shift: Shift) -> str:
    """Name the one to three models that made most of a shift; where there are none, say over how many it is spread."""
    large = [reason for reason in shift.reasons if abs(reason.points) >= TOLD]
    told = [reason for reason in large if shift.points and reason.points / shift.points >= _PART][:3]
    if not told:
        with_it = sum(reason.points * shift.points > 0 for reason in shift.reasons)
        return f"spread over {plural(with_it, 'model')}" if with_it > 1 else ""
    short = {reason.model.rpartition("/")[2] for reason in told}
    return ", ".join(because(reason, whole_id=len(short) < len(told)) for reason in told)


def came_and_went(entered: Sequence[str], left: Sequence[str], dimension: Dimension, places: int) -> str:
    """Say who is among the leaders and was not, and the reverse; empty where nobody."""
    parts = []
    if entered:
        parts.append(f"new in the top {places}: {enumerate_([name(dimension, one) for one in entered])}")
    if left:
        parts.append(f"out of {'it' if entered else f'the top {places}'}: {enumerate_([name(dimension, one) for one in left])}")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def headline(sections: Sequence[Section], edition: Edition) -> str:
    """Tell the finding: a new leader before the largest shift, and either before that nothing moved."""
    for section in sections:
        taken = _overtaken(section)
        if taken:
            return f"{taken} {_when(section, edition)}"
    moved = [(shift, section) for section in sections for shift in section.shifts if abs(shift.points) >= NOTICED]
    if moved:
        shift, section = max(moved, key=lambda pair: abs(pair[0].points))
        verb = "gained" if shift.points > 0 else "lost"
        why = reasons(shift)
        moved_by = f"{verb} {points(abs(shift.points)).lstrip('+')} of downloads"
        text = f"{name(section.dimension, shift.name)} {moved_by} {_when(section, edition)}"
        return f"{text}: {why}" if why else text
    leading = next((section for section in sections if section.rankings), None)
    if leading is None:
        return f"Nothing is recorded for {edition.name}"
    first = leading.rankings[-1].shares[0]
    lead = f"{name(leading.dimension, first.name)} leads with {percent(first.portion)} of downloads"
    compared = next((section for section in sections if section.since), None)
    return f"No share moved by half a point {_when(compared, edition)}; {lead}" if compared else f"{lead} in {edition.name}"


def _when(section: Section, edition: Edition) -> str:
    """Say over what time something moved: an edition, or since the day that it had to be compared with."""
    return f"since {day(section.since)}" if section.since and section.since not in edition.before else f"in {edition.name}"


def _overtaken(section: Section) -> str:
    """Say that somebody took the lead, where that is so."""
    new = next((s for s in section.shifts if s.rank_after == 1 and s.rank_before != 1), None)
    old = next((s for s in section.shifts if s.rank_before == 1 and s.rank_after != 1), None)
    if new is None or old is None:
        return ""
    one, other = (name(section.dimension, s.name) for s in (new, old))
    return f"{one} overtook {other} as the {section.dimension} with most downloads ({percent(new.after)}, {percent(old.after)})"
