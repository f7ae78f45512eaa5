"""The sentences of a digest: leaders, changes with their reasons, entries and exits, headline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import (
    LEAST_CHANGE,
    day,
    enumerate_,
    name,
    noun_phrase,
    of_known,
    of_ranked,
    ordinal,
    plural,
    points_of,
    size_of,
)
from analytics.questions.changes.movers import led_by
from analytics.statistics.spikes import beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Reason, Shift
    from analytics.digest.edition import Edition
    from analytics.digest.values import Section
    from analytics.domain import Dimension
    from analytics.statistics.spikes import Jump

HEADLINE_CHANGE = 0.005
"""Least change of a portion for the headline: half a percentage point."""
_NAMED_FROM = 0.15
"""Part of a shift from which a model is named as its reason."""


def leaders(ranking: Ranking, dimension: Dimension, most: int = 3) -> str:
    """Return ``Leaders by downloads: Apache-2.0 (58.1%), MIT (20.2%) and Gemma (5.5%); none declared: 9.9%``."""
    named = enumerate_([f"{name(dimension, share.name)} ({percent(share.portion)})" for share in ranking.ranked[:most]])
    apart = "".join(f"; {share.name}: {percent(share.portion)}" for share in ranking.unranked if share.value)
    return f"Leaders by {of_ranked(ranking, dimension, ranking.ranked[:most])}: {named}{apart}"


def change(shift: Shift, dimension: Dimension, found: Jump | None = None) -> str:
    """Describe one shift: its size, the new share, a change of rank, and its reasons.

    ``found`` is a model that moves every share and is told elsewhere: the change without it stands beside, and it's no reason.
    """
    verb = "rose" if shift.points > 0 else "fell"
    text = f"{noun_phrase(dimension, shift.name).start} {verb} {size_of(shift, 'point')}"
    if shift.basis is not Basis.BOUNDS:
        text += f" to {percent(shift.after)}"
    if has_ranks(shift) and shift.rank_before and shift.rank_after and shift.rank_before != shift.rank_after:
        text += f" ({ordinal(shift.rank_before)} to {ordinal(shift.rank_after)})"
    if found and any(reason.model == found.model.id for reason in _main(shift)):
        return text + beside(shift, found)
    return text + beside(shift, found) + reasons(shift)


def has_ranks(shift: Shift) -> bool:
    """Return whether the ranks of a shift are those of all models that it's told of: what isn't recorded could change them."""
    return shift.basis is Basis.BOTH or shift.low is None


def _main(shift: Shift) -> list[Reason]:
    """Return the up to three models that made most of a shift."""
    large = [reason for reason in shift.reasons if abs(reason.points) >= LEAST_CHANGE]
    return [reason for reason in large if shift.points and reason.points / shift.points >= _NAMED_FROM][:3]


def reasons(shift: Shift) -> str:
    """Return the end of a sentence: the up to three main models, else the number of models that contributed; may be ``""``."""
    main = _main(shift)
    if main:
        return led_by(shift, main)
    contributing = sum(reason.points * shift.points > 0 for reason in shift.reasons)
    return f", spread over {plural(contributing, 'model')}" if contributing > 1 else ""


def entries_and_exits(entered: Sequence[str], left: Sequence[str], dimension: Dimension, places: int) -> str:
    """Name who entered and who left the leaders; ``""`` where nobody did."""
    parts = []
    if entered:
        parts.append(f"New in the top {places}: {enumerate_([name(dimension, raw) for raw in entered])}")
    if left:
        start = "Dropped out" if entered else f"Dropped out of the top {places}"
        parts.append(f"{start}: {enumerate_([name(dimension, raw) for raw in left])}")
    return ". ".join(parts)


def headline(sections: Sequence[Section], edition: Edition, *, with_reasons: bool = True) -> str:
    """Return the finding: a new leader, else the largest shift, else that there was none.

    ``with_reasons=False`` leaves out the models behind the shift, for a chart's title.
    """
    for section in sections:
        overtaking = _overtaking(section)
        if overtaking:
            return f"{overtaking} {_when(section, edition)}"
    changes = [(shift, section) for section in sections for shift in section.shifts if shift.is_ranked]
    shifts = [(shift, section) for shift, section in changes if abs(points_of(shift)) >= HEADLINE_CHANGE]
    if shifts:
        shift, section = max(shifts, key=lambda pair: abs(pair[0].points))
        subject, verb = noun_phrase(section.dimension, shift.name).start, "gained" if shift.points > 0 else "lost"
        text = f"{subject} {verb} {size_of(shift)} of {of_known(shift, section.dimension)} {_when(section, edition)}"
        return text + reasons(shift) if with_reasons else text
    leading = next((section for section in sections if section.rankings and section.rankings[-1].ranked), None)
    if leading is None:
        return f"There's no data for {edition.name}"
    first = leading.rankings[-1].ranked[0]
    leader = noun_phrase(leading.dimension, first.name)
    what = of_ranked(leading.rankings[-1], leading.dimension, [first])
    lead = f"{'lead' if leader.plural else 'leads'} with {percent(first.portion)} of {what}"
    compared = next((section for section in sections if section.since), None)
    if compared:
        return f"No share changed by half a percentage point {_when(compared, edition)}; {leader.text} {lead}"
    return f"{leader.start} {lead} in {edition.name}"


def _when(section: Section, edition: Edition) -> str:
    """Return the time of a change: the edition, or since the snapshot that it had to be compared with."""
    return f"since {day(section.since)}" if section.since and section.since not in edition.before else f"in {edition.name}"


def _overtaking(section: Section) -> str:
    """Describe a new leader; ``""`` where there is none."""
    new = next((s for s in section.shifts if s.rank_after == 1 and s.rank_before != 1), None)
    old = next((s for s in section.shifts if s.rank_before == 1 and s.rank_after != 1), None)
    if new is None or old is None or not (has_ranks(new) and has_ranks(old)):
        return ""
    leader = f"{noun_phrase(section.dimension, new.name).start} ({percent(new.before)} to {percent(new.after)} of downloads)"
    other = f"{noun_phrase(section.dimension, old.name).text} ({percent(old.before)} to {percent(old.after)})"
    return f"{leader} overtook {other} as the most-downloaded {section.dimension}"
