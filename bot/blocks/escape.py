"""Escape names and user input, so that Slack shows no mention, link, emoji or emphasis in them.

Slack can escape only ``&``, ``<`` and ``>``. Formatting characters are therefore replaced by look-alikes: zero-width characters
around ``*`` and ``_`` don't prevent formatting (some tools use them to force it). Sequences such as ``:skull:`` and ``https://``
are broken with a zero-width space. Text that Slack would not format, such as ``c4ai_command_r`` or ``~user``, stays unchanged
and can be copied.
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
"""Underscores at the start or end of a word; inside a word, Slack doesn't treat them as emphasis."""
_STRUCK = re.compile(r"(?<!\s)[~～]+(?![A-Za-z0-9~～])")  # noqa: RUF001 - as above
"""Tildes that can close strikethrough, also at a text's start, where a message may put a word before; an opening tilde alone has
no effect."""
_QUOTE = re.compile(r"^(\s*)[>＞]", re.MULTILINE)  # noqa: RUF001 - as above
_EMOJI = re.compile(r":(?=[^\s:]{1,100}:)")
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=\bwww\.)|(?<=\bmailto:)|(?<=\btel:)", re.IGNORECASE)
_BARE = re.compile(
    r"(?P<token><[^<>\n]*>)|(?<=\w)[.。](?=[^\W\d_]{2})|@(?=here|channel|everyone|group)|#(?=\w)|\+(?=\d{5})", re.IGNORECASE
)
"""Text that Slack or a phone turns into a link by itself, outside ``<…>`` markup."""


def escape(text: str) -> str:
    """Escape ``text`` for mrkdwn."""
    return _entities(remove_formatting(text))


def escape_line(text: str) -> str:
    """Escape ``text`` for mrkdwn and put it on one line."""
    return escape(one_line(text))


def escape_code(text: str) -> str:
    """Escape ``text`` for a code span and put it on one line. Only backticks and URLs are special there."""
    return escape_preformatted(one_line(text))


def escape_preformatted(text: str) -> str:
    """Escape ``text`` for a code block and keep its line breaks."""
    return _entities(_ADDRESS.sub(_BREAK, visible(text).translate(_TICKS)))


def remove_formatting(text: str) -> str:
    """Replace what Slack would format as emphasis, emoji or a URL. Does not escape ``&``, ``<`` and ``>``."""
    plain = visible(text).translate(_TICKS).translate(_STARS)
    plain = _EDGE.sub(lambda match: _LOW_LINE * len(match[0]), plain)
    plain = _STRUCK.sub(lambda match: _TILDE * len(match[0]), plain)
    plain = _QUOTE.sub(r"\1›", plain)  # noqa: RUF001 - it must not be the sign itself
    return _ADDRESS.sub(_BREAK, _EMOJI.sub(f":{_BREAK}", plain))


def escape_plain_text(text: str) -> str:
    """Escape ``text`` for plain-text fields (buttons, menus, chart labels), where Slack still shows emoji; on one line."""
    return prevent_emoji(one_line(text))


def prevent_emoji(text: str) -> str:
    """Break sequences such as ``:skull:``, and change nothing else."""
    return _EMOJI.sub(f":{_BREAK}", text)


def prevent_links(mrkdwn: str) -> str:
    """Prevent links in a message's escaped ``text``: bare URLs, mentions and phone numbers.

    Text objects in blocks use ``verbatim`` for this; a message's own ``text`` has no such option.
    """
    return _BARE.sub(lambda match: match[0] if match["token"] else match[0] + _BREAK, mrkdwn)


def escape_everything(text: str) -> str:
    """Escape ``text`` for a destination whose format is unknown, such as a workflow variable."""
    return prevent_links(remove_formatting(text).replace("<", f"<{_BREAK}"))


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
