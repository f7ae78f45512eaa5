"""Sentences about what isn't recorded, how shifts are told all the same, and what was filled in from other dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.answer import Basis
from analytics.domain import Dimension
from analytics.formatting.numbers import percent
from analytics.formatting.phrases import LEAST_CHANGE, day, enumerate_, fact, name, plural, size
from analytics.notes import Caveat
from analytics.statistics.comparison import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from analytics.domain import Measure, Model
    from analytics.statistics.coverage import Comparison
    from analytics.storage.carry_over import Carried

_NAMED = 3


def recorded_in_part(compared: Comparison, dimension: Dimension, then: date) -> tuple[str, ...]:
    """Say how shifts are told where a date doesn't record each model; ``()`` where they're told as they are."""
    coverage, notes = compared.coverage, list[str]()
    both = f"{percent(coverage.now)} of {coverage.by} now and for {percent(coverage.before or 0.0)} on {day(then)}"
    known = f"The {fact(dimension)} is known for {both}"
    bases = {shift.basis for shift in compared.shifts}
    if compared.compared:
        left_out = f"{plural(compared.left_out, 'model')} whose {fact(dimension)} isn't known on every date"
        part = min(compared.compared.now, compared.compared.before or 0.0)
        less = part < min(coverage.now, coverage.before or 0.0) - LEAST_CHANGE
        rest = f", which leaves at least {percent(part)} of {coverage.by}" if less else ""
        brief = f"changes cover only models with a known {fact(dimension)} on every date"
        notes.append(Caveat(f"{known}. Changes leave out {left_out}{rest}.", brief))
    elif not compared.shifts and compared.refused:
        return (Caveat(f"{known}, so the two can't be compared.", f"too little is known of {_facts(dimension)} to compare them"),)
    elif Basis.BOUNDS in bases:
        brief = f"changes are bounds: some {_facts(dimension)} aren't known"
        notes.append(Caveat(f"{known}, so changes are given as bounds: with none or all of the other models.", brief))
    if compared.refused:
        names = [name(dimension, raw) for raw in compared.refused]
        listed = names if len(names) <= _NAMED else [*names[:_NAMED], f"{len(names) - _NAMED} more"]
        text = f"Too little is known to tell whether {enumerate_(listed)} rose or fell."
        notes.append(Caveat(text, "some changes aren't known"))
    return tuple(notes)


def by_measure(notes: Mapping[Measure, Sequence[str]]) -> tuple[str, ...]:
    """Return the notes of all measures, with the measure in the brief form of a caveat that isn't one by each of them."""
    caveats = {by: {note.brief for note in told if isinstance(note, Caveat)} for by, told in notes.items()}
    of_all = set.intersection(*caveats.values())
    return tuple(
        Caveat(note, f"by {by}, {note.brief}") if isinstance(note, Caveat) and note.brief not in of_all else note
        for by, told in notes.items()
        for note in told
    )


def _facts(dimension: Dimension) -> str:
    """Name what models declare in a dimension: the families of licenses are made from licenses."""
    return (Dimension.LICENSE if dimension is Dimension.FAMILY else Dimension(fact(dimension))).plural


def carried_over(
    carried: Sequence[Carried], models: Sequence[Model], dimension: Dimension, by: Measure, taken_on: date
) -> tuple[str, ...]:
    """Say what filling in a fact adds to the coverage of one date; ``()`` where that rounds to nothing."""
    by_id = {model.id: model for model in models}
    facts = [fact for fact in carried if fact.model in by_id]
    total = sum(value_of(model, by) for model in models)
    added = sum(value_of(by_id[fact.model], by) for fact in facts) / total if total else 0.0
    if added < LEAST_CHANGE:
        return ()
    models_of = f"the {dimension} of {plural(len(facts), 'model')}"
    dates = sorted({fact.recorded_on for fact in facts})
    when = f"from {day(dates[0])}" if len(dates) == 1 else f"from {day(dates[0])} to {day(dates[-1])}"
    how = "from the tags" if dates == [taken_on] else f"as recorded {when}"
    text = f"On {day(taken_on)}, {models_of} is filled in {how}, which adds {size(added, 'point')} of coverage by {by}."
    source = "the models' tags" if dates == [taken_on] else "other dates"
    return (Caveat(text, f"some {_facts(dimension)} are filled in from {source}"),)
