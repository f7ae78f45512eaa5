"""Text that means itself in Slack: no mention, link, emoji or emphasis comes of a name or of what somebody typed.

Slack has no escape character but for ``&``, ``<`` and ``>``. What formats is therefore replaced by a character that looks alike:
zero-width characters around ``*`` and ``_`` do not keep Slack from formatting (some tools use them to make it); what is
recognized as a whole (``:skull:``, ``https://``) is broken by a zero-width space. Where neither would take effect, as in
``c4ai_command_r`` or ``~user``, a name stays as it is and can be copied.
"""

from __future__ import annotations

import re

from analytics.formatting.visible import one_line, visible

_BREAK = "\N{ZERO WIDTH SPACE}"
_TICKS = str.maketrans(dict.fromkeys("`｀", "\N{MODIFIER LETTER GRAVE ACCENT}"))  # noqa: RUF001 - Slack takes the wide one too
_STARS = str.maketrans({"*": "\N{ASTERISK OPERATOR}", "＊": "\N{SMALL ASTERISK}"})  # noqa: RUF001 - as above
_LOW_LINE = "\N{MODIFIER LETTER LOW MACRON}"
_TILDE = "\N{TILDE OPERATOR}"
_EDGE = re.compile(r"(?<![A-Za-z0-9_＿])[_＿]+|[_＿]+(?![A-Za-z0-9_＿])")  # noqa: RUF001 - as above
"""Underscores where a word begins or ends: inside of one they are no emphasis."""
_STRUCK = re.compile(r"(?<=\S)[~～]+(?![A-Za-z0-9~～])")  # noqa: RUF001 - as above
"""Tildes that may end what is struck out; without one, those that may begin it do nothing."""
_QUOTE = re.compile(r"^(\s*)[>＞]", re.MULTILINE)  # noqa: RUF001 - as above
_EMOJI = re.compile(r":(?=[^\s:]{1,100}:)")
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=\bwww\.)|(?<=\bmailto:)|(?<=\btel:)", re.IGNORECASE)
_BARE = re.compile(
    r"(?P<token><[^<>\n]*>)|(?<=\w)[.。](?=[^\W\d_]{2})|@(?=here|channel|everyone|group)|#(?=\w)|\+(?=\d{5})", re.IGNORECASE
)
"""What Slack links of itself in the text of a message, or what a telephone does, outside of markup's ``<…>``."""


def escape(text: str) -> str:
    """Make ``text`` mean itself in mrkdwn."""
    return _entities(remove_formatting(text))


def escape_line(text: str) -> str:
    """Make ``text`` mean itself in mrkdwn, on one line."""
    return escape(one_line(text))


def escape_code(text: str) -> str:
    """Make ``text`` mean itself between backticks, where only a backtick and an address mean anything else."""
    return escape_preformatted(one_line(text))


def escape_preformatted(text: str) -> str:
    """Make ``text`` mean itself between three backticks; its line breaks stay."""
    return _entities(_ADDRESS.sub(_BREAK, visible(text).translate(_TICKS)))


def remove_formatting(text: str) -> str:
    """Return ``text`` so that neither emphasis nor emoji nor addresses are recognized in it. Still to be escaped for mrkdwn."""
    plain = visible(text).translate(_TICKS).translate(_STARS)
    plain = _EDGE.sub(lambda found: _LOW_LINE * len(found[0]), plain)
    plain = _STRUCK.sub(lambda found: _TILDE * len(found[0]), plain)
    plain = _QUOTE.sub(r"\1›", plain)  # noqa: RUF001 - it must not be the sign itself
    return _ADDRESS.sub(_BREAK, _EMOJI.sub(f":{_BREAK}", plain))


def escape_plain_text(text: str) -> str:
    """Make ``text`` mean itself where Slack formats nothing and yet shows emoji: on buttons, in menus, on charts. On one line."""
    return _EMOJI.sub(f":{_BREAK}", one_line(text))


def prevent_links(mrkdwn: str) -> str:
    """Return the text of a message, escaped already, so that no bare address, mention or number in it becomes a link.

    The text objects of blocks say ``verbatim`` instead; a message's own text cannot.
    """
    return _BARE.sub(lambda found: found[0] if found["token"] else found[0] + _BREAK, mrkdwn)


def escape_everything(text: str) -> str:
    """Return plain text for where it is not known who reads it as what: a variable of a workflow, say."""
    return prevent_links(remove_formatting(text).replace("<", f"<{_BREAK}"))


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
