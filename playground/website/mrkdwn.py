"""Convert mrkdwn to safe HTML, and HTML to visible text. This is the only place that escapes."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from playground.website.emoji import with_emoji

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOKEN = re.compile(r"```\n?(?P<pre>.+?)\n?```|`(?P<code>[^`\n]+)`|<(?P<angle>[^<>\n]+)>|(?P<bare>https?://[^\s<>|]+)", re.DOTALL)
_HELD = re.compile("\ue000(\\d+)\ue001")
_EMPHASIS = [
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), "b"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), "i"),
    (re.compile(r"(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])"), "s"),
]
_QUOTED = re.compile(r"(?:^&gt;[^\n]*(?:\n|$))+", re.MULTILINE)
_SAFE = ("http://", "https://", "mailto:")
_TAG = re.compile(r"<[^>]+>")
_DATE_FORMATS = {
    "{date_num}": "%Y-%m-%d",
    "{date_short}": "%b %-d, %Y",
    "{date_long}": "%A, %B %-d, %Y",
    "{date}": "%B %-d, %Y",
    "{date_short_pretty}": "%b %-d, %Y",
    "{date_long_pretty}": "%A, %B %-d, %Y",
    "{date_pretty}": "%B %-d, %Y",
    "{time_secs}": "%H:%M:%S",
    "{time}": "%H:%M",
}


def plain_html(text: str) -> Markup:
    """Return plain text as HTML, with emoji and line breaks."""
    return Markup("<br>").join(escape(line) for line in with_emoji(text).split("\n"))


def mrkdwn_html(text: str, names: Mapping[str, str]) -> Markup:
    """Return mrkdwn as HTML. ``names``: users' and channels' names by id."""
    held: list[Markup] = []

    def hold(piece: Markup) -> str:
        held.append(piece)
        return f"\ue000{len(held) - 1}\ue001"

    def token(match: re.Match[str]) -> str:
        if (pre := match["pre"]) is not None:
            return hold(Markup("<pre>{}</pre>").format(html.unescape(pre)))
        if (code := match["code"]) is not None:
            return hold(Markup("<code>{}</code>").format(html.unescape(code)))
        if (bare := match["bare"]) is not None:
            return hold(link(html.unescape(bare), html.unescape(bare)))
        return hold(_angle(match["angle"], names))

    # Remove the placeholder characters from the text itself.
    text = _TOKEN.sub(token, re.sub("[\ue000\ue001]", "", text))
    safe = str(escape(html.unescape(with_emoji(text))))
    for pattern, tag in _EMPHASIS:
        safe = pattern.sub(rf"<{tag}>\1</{tag}>", safe)
    safe = _QUOTED.sub(_quote, safe).replace("\n<blockquote>", "<blockquote>").replace("\n", "<br>")
    return Markup(_released(safe, lambda index: str(held[index])))  # noqa: S704 - every piece was escaped above


def _released(text: str, piece: Callable[[int], str]) -> str:
    return _HELD.sub(lambda match: piece(int(match[1])), text)


def _quote(match: re.Match[str]) -> str:
    lines = [line.removeprefix("&gt;").removeprefix(" ") for line in match[0].rstrip("\n").split("\n")]
    return f"<blockquote>{'<br>'.join(lines)}</blockquote>"


def link(url: str, label: str) -> Markup:
    """Return a link that opens in a new tab; only the label unless it's a web or mail URL."""
    if not url.startswith(_SAFE):
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label)


def _angle(content: str, names: Mapping[str, str]) -> Markup:
    target, _, label = html.unescape(content).partition("|")
    match target[:1]:
        case "@":
            return Markup('<span class="mention">@{}</span>').format(names.get(target[1:], label or target[1:]))
        case "#":
            return Markup('<span class="mention">#{}</span>').format(names.get(target[1:], label or target[1:]))
        case "!":
            return _special(target[1:], label)
        case _:
            return link(target, label or target.removeprefix("mailto:"))


def _special(target: str, label: str) -> Markup:
    if not target.startswith("date^"):
        return Markup('<span class="mention">@{}</span>').format(label or target.partition("^")[0])
    _, stamp, form = [*target.split("^"), "", ""][:3]
    if not stamp.isdecimal():
        return escape(label)
    moment = datetime.fromtimestamp(int(stamp), UTC)
    for name, strftime in _DATE_FORMATS.items():
        form = form.replace(name, moment.strftime(strftime))
    return escape(form or label)


def readable(markup: Markup) -> str:
    """Return the visible text of this module's HTML."""
    text = re.sub(r"<br>|</?blockquote>|</?pre>", "\n", str(markup))
    return html.unescape(_TAG.sub("", text)).strip()


def markdown_html(text: str) -> Markup:
    """Return a ``markdown`` block as HTML: headings, lists, emphasis, code and links."""
    out: list[Markup] = []
    for chunk in re.split(r"(```.*?```)", text, flags=re.DOTALL):
        if chunk.startswith("```"):
            out.append(Markup("<pre>{}</pre>").format(re.sub(r"^```\w*\n?|\n?```$", "", chunk)))
        else:
            out += [_markdown_line(line) for line in chunk.split("\n") if line.strip()]
    return Markup("").join(out)


def _markdown_line(line: str) -> Markup:
    if heading := re.match(r"(#{1,6})\s+(.*)", line):
        return Markup("<h4>{}</h4>").format(_markdown_inline(heading[2]))
    if item := re.match(r"\s*(?:[-*]|\d+\.)\s+(.*)", line):
        return Markup('<p class="item">• {}</p>').format(_markdown_inline(item[1]))
    if quoted := re.match(r">\s?(.*)", line):
        return Markup("<blockquote>{}</blockquote>").format(_markdown_inline(quoted[1]))
    return Markup("<p>{}</p>").format(_markdown_inline(line))


def _markdown_inline(text: str) -> Markup:
    pieces: list[Markup] = []
    for part in re.split(r"(`[^`]+`|\[[^\]]+\]\([^)\s]+\))", text):
        if part.startswith("`") and part.endswith("`") and len(part) > 1:
            pieces.append(Markup("<code>{}</code>").format(part[1:-1]))
        elif match := re.fullmatch(r"\[([^\]]+)\]\(([^)\s]+)\)", part):
            pieces.append(link(match[2], match[1]))
        else:
            safe = str(escape(with_emoji(part)))
            safe = re.sub(r"\*\*(\S(?:.*?\S)?)\*\*", r"<b>\1</b>", safe)
            safe = re.sub(r"(?<![\w*])[*_](\S(?:.*?\S)?)[*_](?![\w*])", r"<i>\1</i>", safe)
            pieces.append(Markup(safe))  # noqa: S704 - escaped two lines above
    return Markup("").join(pieces)
