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


def is_headline(finding: Finding) -> bool:
    """Return whether a finding is large enough for the headline: a new leader, or a share that changed by half a point."""
    changes = (shift for shift in (finding.shift, finding.other) if shift)
    return finding.kind is Kind.LEAD or any(abs(points_of(shift)) >= HEADLINE_CHANGE for shift in changes)


def headline(sections: Sequence[Section], edition: Edition, *, with_reasons: bool = True) -> str:
    """Return the weightiest finding of all sections, else that there was none.

    ``with_reasons=False`` leaves out the models behind a shift, for a chart's title.
    """
    findings = [(section.finding, section) for section in sections if section.finding]
    if findings:
        finding, section = max(findings, key=lambda pair: pair[0].weight)
        when = _when(section, edition)
        match finding.kind:
            case Kind.LEAD if finding.other:
                return f"{_overtaking(finding.shift, finding.other, section.dimension)} {when}"
            case Kind.SHIFT:
                return f"{gain(finding.shift, section.dimension)} {when}" + (reasons(finding.shift) if with_reasons else "")
            case _:
                return crossing(finding, section.dimension, when)
    leading = next((section for section in sections if section.rankings and section.rankings[-1].ranked), None)
    if leading is None:
        return f"There's no data for {edition.name}"
    first = [share for share in leading.rankings[-1].ranked if share.rank == 1]
    leader = enumerate_phrases([noun_phrase(leading.dimension, share.name) for share in first])
    what = of_ranked(leading.rankings[-1], leading.dimension, first)
    lead = f"{'lead' if leader.plural else 'leads'} with {percent(first[0].portion)} of {what}{' each' if len(first) > 1 else ''}"
    compared = next((section for section in sections if section.since), None)
    if compared:
        return f"No share changed by half a percentage point {_when(compared, edition)}; {leader.text} {lead}"
    return f"{leader.start} {lead} in {edition.name}"


def _when(section: Section, edition: Edition) -> str:
    """Return the time of a change: the edition, or since the snapshot that it had to be compared with."""
    return f"since {day(section.since)}" if section.since and section.since not in edition.before else f"in {edition.name}"


def _overtaking(new: Shift, old: Shift, dimension: Dimension) -> str:
    """Describe a new leader."""
    leader = f"{noun_phrase(dimension, new.name).start} ({percent(new.before)} to {percent(new.after)} of downloads)"
    other = f"{noun_phrase(dimension, old.name).text} ({percent(old.before)} to {percent(old.after)})"
    return f"{leader} overtook {other} as the most-downloaded {dimension}"
