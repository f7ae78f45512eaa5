"""What keyboards, phones and pasted text make of words, undone in one place. Pure."""

from __future__ import annotations

import re
import unicodedata

_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u275d\u275e\u301d\u301e\u301f\u2e42\u2033\u2036"
_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2039\u203a\u275b\u275c\u276e\u276f\u2032\u2035\u02b9\u02bb\u02bc\u02bd\u00b4"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2e3a\u2e3b\u2212\ufe58\ufe63\uff0d"
_TYPED = str.maketrans(
    {"`": None, "\u200b": " "}
    | dict.fromkeys(_DOUBLE_QUOTES, '"')
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | dict.fromkeys(_DASHES, "-")
)
"""Curly and low quotes, guillemets, primes; hyphens, dashes and minus signs."""
_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories of control characters, halves of characters, and line and paragraph separators: a space."""
_INVISIBLE = "Cf"
"""Soft hyphens, joiners, byte order marks: nothing. A zero-width space is where a line may break, so a space."""


def tidy(text: str) -> str:
    """Normalize to what a keyboard without typography types.

    Full-width and other compatibility forms become the usual characters (NFKC), quotes and primes straight ones, dashes hyphens;
    invisible characters go and white space becomes single spaces. Tidying twice changes nothing.
    """
    # More than one round where a removed character separated a letter from its accent.
    while (tidied := _once(text)) != text:
        text = tidied
    return text


def _once(text: str) -> str:
    # Before NFKC, which makes a space and an accent of a spacing accent.
    normalized = unicodedata.normalize("NFKC", text.translate(_TYPED)).translate(_TYPED)
    visible = (" " if (kind := unicodedata.category(c)) in _BREAKS else "" if kind == _INVISIBLE else c for c in normalized)
    return " ".join("".join(visible).split())


_END = re.compile(r"[\s?!.,;:\u2026]+$")


def without_end(text: str) -> str:
    """Take the punctuation off that ends a sentence."""
    return _END.sub("", text)
