"""The sentences of a digest: leaders, changes with their reasons, entries and exits, headline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import (
    LEAST_CHANGE,
    day,
    enumerate_,
    enumerate_phrases,
    name,
    noun_phrase,
    of_ranked,
    ordinal,
    plural,
    points_of,
    size_of,
)
from analytics.questions.changes.movers import led_by
from analytics.statistics.findings import Kind, has_ranks
from analytics.statistics.highlights import crossing, gain
from analytics.statistics.spikes import beside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.answer import Ranking, Reason, Shift
    from analytics.digest.edition import Edition
    from analytics.digest.values import Section
    from analytics.domain import Dimension
    from analytics.formatting.phrases import NounPhrase
    from analytics.statistics.findings import Finding
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

    ``found`` is a model that moves every share and is told in the headline: the change without it stands beside, and it's no
    reason.
    """
    text = moved(shift, dimension)
    if has_ranks(shift) and shift.rank_before and shift.rank_after and shift.rank_before != shift.rank_after:
        text += f" ({ordinal(shift.rank_before)} to {ordinal(shift.rank_after)})"
    text += beside(shift, found)
    return text if found and is_of(shift, found.model.id) else text + reasons(shift)


def moved(shift: Shift, dimension: Dimension) -> str:
    """Describe a shift by its size and the new share, or as an entry or exit."""
    subject = noun_phrase(dimension, shift.name).start
    if shift.basis is Basis.BOUNDS:
        return f"{subject} {'rose' if shift.points > 0 else 'fell'} {size_of(shift, 'point')}"
    if shift.entered:
        return f"{subject} entered the list with {percent(shift.after)}"
    if shift.left:
        return f"{subject} left the list, with {percent(shift.before)} before"
    after = percent(shift.after) if shift.after else "none"  # among those whose name is known
    return f"{subject} {'rose' if shift.points > 0 else 'fell'} {size_of(shift, 'point')} to {after}"


def is_of(shift: Shift, model: str) -> bool:
    """Return whether a model is among those that made most of a shift."""
    return any(reason.model == model for reason in main_reasons(shift))


def main_reasons(shift: Shift) -> list[Reason]:
    """Return the up to three models that made most of a shift, the largest part first."""
    large = [reason for reason in shift.reasons if abs(reason.points) >= LEAST_CHANGE]
    return [reason for reason in large if shift.points and reason.points / shift.points >= _NAMED_FROM][:3]


def reasons(shift: Shift) -> str:
    """Return the end of a sentence: the up to three main models, else the number of models that contributed; may be ``""``."""
    main = main_reasons(shift)
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


def is_headline(finding: Finding) -> bool:
    """Return whether a finding is large enough for the headline: a new leader, or a share that changed by half a point."""
    changes = (shift for shift in (finding.shift, finding.other) if shift)
    return finding.kind is Kind.LEAD or any(abs(points_of(shift)) >= HEADLINE_CHANGE for shift in changes)


def headline(main: tuple[Finding, Section] | None, sections: Sequence[Section], edition: Edition) -> str:
    """Return the weightiest finding as a sentence, else that there was none, with who leads."""
    if main:
        finding, section = main
        when = when_of(section, edition)
        match finding.kind:
            case Kind.LEAD if finding.other:
                return f"{_overtaking(finding.shift, finding.other, section.dimension)} {when}"
            case Kind.SHIFT:
                return f"{gain(finding.shift, section.dimension)} {when}"
            case _:
                return crossing(finding, section.dimension, when)
    leading = first_ranked(sections)
    if leading is None:
        return f"There's no data for {edition.name}"
    leader, lead = leads(leading)
    compared = next((section for section in sections if section.since), None)
    if compared:
        return f"No share changed by half a percentage point {when_of(compared, edition)}; {leader.text} {lead}"
    return f"{leader.start} {lead} in {edition.name}"


def first_ranked(sections: Sequence[Section]) -> Section | None:
    """Return the section whose leader a headline names where nothing happened; ``None`` where nothing is ranked."""
    return next((section for section in sections if section.rankings and section.rankings[-1].ranked), None)


def leads(section: Section) -> tuple[NounPhrase, str]:
    """Return who leads by downloads, several in a tie, and the rest of the sentence: ``leads with 58.1% of downloads``."""
    ranking = section.rankings[-1]
    first = [share for share in ranking.ranked if share.rank == 1]
    leader = enumerate_phrases([noun_phrase(section.dimension, share.name) for share in first])
    share = f"{percent(first[0].portion)} of {of_ranked(ranking, section.dimension, first)}"
    return leader, f"{'lead' if leader.plural else 'leads'} with {share}{' each' if len(first) > 1 else ''}"


def when_of(section: Section, edition: Edition) -> str:
    """Return the time of a change: the edition, or since the snapshot that it had to be compared with."""
    return f"since {day(section.since)}" if section.since and section.since not in edition.before else f"in {edition.name}"


def _overtaking(new: Shift, old: Shift, dimension: Dimension) -> str:
    """Describe a new leader."""
    leader = f"{noun_phrase(dimension, new.name).start} ({percent(new.before)} to {percent(new.after)} of downloads)"
    other = f"{noun_phrase(dimension, old.name).text} ({percent(old.before)} to {percent(old.after)})"
    return f"{leader} overtook {other} as the most-downloaded {dimension}"
