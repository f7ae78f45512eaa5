"""Suggests texts that parse, similar to one that doesn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process, utils

from analytics.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from analytics.query import Form, Query

MOST_SUGGESTIONS = 3
_SIMILAR = 70
"""Least similarity (0 to 100) of a suggested word."""


def repairs(tokens: list[str], forms: Sequence[Form], words: Sequence[str], read: Callable[[str], Query]) -> Iterator[str]:
    """Yield similar texts that parse, the most similar first.

    ``tokens``: the words of the text, quoted where they need it; ``words``: those that may follow the first; ``read`` parses a
    text or raises QueryError.
    """
    unique: set[str] = set()
    for candidate in _candidates(tokens, forms, words):
        try:
            repaired = str(read(candidate))
        except QueryError:
            continue
        if repaired not in unique:
            unique.add(repaired)
            yield repaired
        if len(unique) == MOST_SUGGESTIONS:
            return


def form_named(word: str, forms: Sequence[Form]) -> Form | None:
    """Return the form that a word asks; ``None`` if there is none."""
    lower = word.casefold().strip(":?!.,")
    return next((form for form in forms if lower == form.word or lower in form.aliases), None)


def _candidates(tokens: list[str], forms: Sequence[Form], options: Sequence[str]) -> Iterator[str]:
    """Yield corrections of single words, of all words, the form for one name, texts with a word left out, the form's example."""
    if not tokens:
        return
    questions = [word for form in forms for word in (form.word, *form.aliases)]
    similar = [_similar(token, options if index else questions) for index, token in enumerate(tokens)]
    for index in [*range(1, len(tokens)), 0]:
        yield from (" ".join([*tokens[:index], word, *tokens[index + 1 :]]) for word in similar[index])
    yield " ".join(words[0] if words else token for token, words in zip(tokens, similar, strict=True))
    form = form_named(tokens[0], forms) or next((form_named(word, forms) for word in similar[0]), None)
    if form is None:
        return
    if form.singular:
        yield " ".join([form.singular, *tokens[1:]])
    yield from (" ".join([form.word, *tokens[1:index], *tokens[index + 1 :]]) for index in range(len(tokens) - 1, 0, -1))
    yield form.example


def _similar(word: str, words: Sequence[str]) -> list[str]:
    """Return similar words, the most similar first; ``[]`` where the word is one of them."""
    if word.casefold() in words:
        return []
    matches = process.extract(word, words, scorer=fuzz.ratio, processor=utils.default_process, limit=3, score_cutoff=_SIMILAR)
    return [match for match, _, _ in matches]
