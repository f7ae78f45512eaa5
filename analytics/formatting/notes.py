"""An answer's notes in brief: what a message has room for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.notes import Caveat, Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

SENTENCES = 2
WORDS = 25
"""Most words of a sentence that joins several caveats."""


def in_brief(notes: Sequence[str]) -> tuple[str, ...]:
    """Return at most two sentences: the caveats in brief and, where there is room, the first remarks.

    Caveats beyond that are counted at the end, so that a reader knows to look for them.
    """
    clauses = list(dict.fromkeys(note.brief for note in notes if isinstance(note, Caveat)))
    packed, left_out = _packed(clauses), 0
    while len(packed) > SENTENCES:
        left_out += 1
        packed = _packed(clauses[:-left_out])
        packed = [*packed[:-1], *_packed([*packed[-1], f"{left_out} more under “About the data”"])]
    caveats = (f"{_capitalized('; '.join(sentence))}." for sentence in packed)
    return (*caveats, *(note for note in notes if isinstance(note, Remark)))[:SENTENCES]


def _packed(clauses: Sequence[str]) -> list[list[str]]:
    """Divide clauses among as few sentences as their lengths allow, each into the first with room."""
    sentences: list[list[str]] = []
    for clause in clauses:
        sentence = next((s for s in sentences if len(" ".join([*s, clause]).split()) <= WORDS), None)
        if sentence is None:
            sentences.append([clause])
        else:
            sentence.append(clause)
    return sentences


def _capitalized(sentence: str) -> str:
    """Start a sentence with a capital, unless it starts with a model's ID."""
    return sentence if "/" in sentence.split(maxsplit=1)[0] else sentence[:1].upper() + sentence[1:]
