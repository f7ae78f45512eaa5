"""The kinds of notes of an answer; a note that is plain text is a detail, for those who look closer."""

from __future__ import annotations

from typing import Self


class Remark(str):
    """A note that adds to the headline. A message shows it where there is room."""

    __slots__ = ()


class Caveat(str):
    """A note that says what the answer's numbers mean. A message always has it, in brief."""

    __slots__ = ("brief",)
    brief: str
    """The same as a clause: lower case unless it starts with a name, without a period."""

    def __new__(cls, text: str, brief: str) -> Self:
        """Return a note that is equal to its text."""
        note = super().__new__(cls, text)
        note.brief = brief
        return note

    def __reduce__(self) -> tuple[type[Caveat], tuple[str, str]]:
        """Return what copies and pickles are made from."""
        return Caveat, (str(self), self.brief)
