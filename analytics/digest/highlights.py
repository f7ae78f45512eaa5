"""The highlights of a digest: the weightiest facts besides its headline, each on one line, and no model told twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.digest import sentences
from analytics.digest.values import Highlight
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import LEAST_CHANGE, day, enumerate_, noun_phrase, ordinal, signed
from analytics.statistics.findings import Kind
from analytics.statistics.spikes import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from analytics.answer import Shift
    from analytics.digest.values import Section
    from analytics.domain import Dimension
    from analytics.statistics.findings import Finding
    from analytics.statistics.spikes import Jump

    Candidate = tuple[Finding, Section]

LONGEST = 82
"""Characters of a line; beyond it, the models behind a shift are left out."""


def main_finding(sections: Sequence[Section]) -> Candidate | None:
    """Return the weightiest finding that is large enough for the headline; ``None`` where none is."""
    candidates = [(f, section) for section in sections for f in section.findings if sentences.is_headline(f)]
    return max(candidates, key=lambda candidate: candidate[0].weight, default=None)


def highlights(
    sections: Sequence[Section], main: Candidate | None, since: date | None, found: Jump | None, told: Iterable[str] = ()
) -> tuple[Highlight, ...]:
    """Return what follows the headline, the weightiest first: findings, and after them who leads the other sections.

    ``main`` is the finding in the headline, or ``found`` the model there; ``told`` are the ids of models that warnings name.
    What one model made is told once, of the name for which it weighs most.
    """
    lines, names, models = [], set(), {*told, *([found.model.id] if found else [])}
    if main and not found:
        names = _names(*main)
        if main[0].kind is Kind.SHIFT:
            lines += _causes(main[0].shift)
            models |= {reason.model for reason in sentences.main_reasons(main[0].shift)}
        models |= _models(main[0])
    candidates = [(finding, section) for section in sections for finding in section.findings]
    for finding, section in sorted(candidates, key=lambda candidate: -_weight(candidate[0], found)):
        if _names(finding, section) & names or _models(finding) & models or not _weight(finding, found):
            continue
        lines.append(Highlight(_line(finding, section, since, found), section.dimension))
        names |= _names(finding, section)
        models |= _models(finding)
    in_headline = None if main or found else sentences.first_ranked(sections)
    leading = [s for s in sections if s is not in_headline and s.rankings and s.rankings[-1].ranked]
    return (*lines, *(_leader(section) for section in leading if section.dimension not in {line.dimension for line in lines}))


def _names(finding: Finding, section: Section) -> set[tuple[Dimension, str]]:
    return {(section.dimension, shift.name) for shift in (finding.shift, finding.other) if shift}


def _models(finding: Finding) -> set[str]:
    """Return the models that made the largest parts of what happened."""
    main = (sentences.main_reasons(shift)[:1] for shift in (finding.shift, finding.other) if shift)
    return {reason.model for reasons in main for reason in reasons}


def _weight(finding: Finding, found: Jump | None) -> float:
    """Return the weight, or that of what is left of a shift without the model in the headline; 0 for what isn't told."""
    if found is None:
        return finding.weight
    if finding.kind is not Kind.SHIFT or finding.shift.without is None or abs(finding.shift.without) < LEAST_CHANGE:
        return 0.0
    return abs(finding.shift.without) * finding.reach


def _line(finding: Finding, section: Section, since: date | None, found: Jump | None) -> str:
    """Describe a finding without what the headline says anyway: of downloads, in that month."""
    shift, dimension = finding.shift, section.dimension
    when = f" since {day(section.since)}" if section.since and section.since != since else ""
    if finding.kind is not Kind.SHIFT and finding.other:
        first = f"{noun_phrase(dimension, shift.name).start} ({percent(shift.after)})"
        second = f"{noun_phrase(dimension, finding.other.name).text} ({percent(finding.other.after)})"
        return f"{first} passed {second} for {ordinal(finding.place or 1)} place{when}"
    text = sentences.moved(shift, dimension) + when
    longer = text + (beside(shift, found) if found else _cause(shift))
    return longer if len(f"{dimension}: {longer}") <= LONGEST else text


def _cause(shift: Shift) -> str:
    """Return the end of a line: the model that made most of a shift; ``""`` where none did."""
    main = sentences.main_reasons(shift)
    if not main or shift.basis is Basis.BOUNDS or shift.left:
        return ""
    model = main[0].model.rpartition("/")[2]
    return f" ({model})" if shift.entered else f", led by {model} ({signed(main[0].points)})"


def _causes(shift: Shift) -> list[Highlight]:
    """Return the models behind the shift in the headline, as many as fit on a line."""
    main = sentences.main_reasons(shift)
    short = [reason.model.rpartition("/")[2] for reason in main]
    named = short if len(set(short)) == len(short) else [reason.model for reason in main]
    parts = [f"{model} ({signed(reason.points)})" for model, reason in zip(named, main, strict=True)]
    texts = [f"Led by {enumerate_(parts[:number])}" for number in range(len(parts), 0, -1)]
    spread = sentences.reasons(shift).removeprefix(", ").capitalize()
    text = next((text for text in texts if len(text) <= LONGEST), texts[-1]) if texts else spread
    return [Highlight(text)] if text else []


def _leader(section: Section) -> Highlight:
    leader, lead = sentences.leads(section)
    return Highlight(f"{leader.start} {lead}", section.dimension)
