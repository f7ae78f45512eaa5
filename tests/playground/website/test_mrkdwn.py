"""Slack's markup, escaped once and shown as Slack shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.website.mrkdwn import markdown_html, mrkdwn_html, plain_html, readable

NAMES = {"U1": "ada", "C1": "general"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<b>bold</b> <i>italic</i> <s>gone</s>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("`a *b* &lt;c&gt;`", "<code>a *b* &lt;c&gt;</code>"),
        ("```a\n*b*```", "<pre>a\n*b*</pre>"),
        ("<@U1> in <#C1>", '<span class="mention">@ada</span> in <span class="mention">#general</span>'),
        ("<!here>", '<span class="mention">@here</span>'),
        (
            "*<https://example.com/?a=1&amp;b=2|the *Hub*>*",
            '<b><a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">the *Hub*</a></b>',
        ),
        ("<javascript:alert(1)|press>", "press"),
        ("&gt; said\n&gt; twice\nafter", "<blockquote>said<br>twice</blockquote>after"),
        ("> said", "<blockquote>said</blockquote>"),
        ("a\nb", "a<br>b"),
        ("1 &lt; 2 &amp; 3", "1 &lt; 2 &amp; 3"),
        (":tada: :no_such_name:", "🎉 :no_such_name:"),
        ("<!date^0^{date_short} {time}|then>", "Jan 1, 1970 00:00"),
        ("<!date^0^{date_short_pretty} at {time}|then>", "Jan 1, 1970 at 00:00"),
        ("<mailto:a@example.com|write>", '<a href="mailto:a@example.com" target="_blank" rel="noopener noreferrer">write</a>'),
    ],
)
def test_markup(text: str, html: str) -> None:
    assert mrkdwn_html(text, NAMES) == html


def test_plain_text_has_no_markup() -> None:
    assert plain_html("*a* <b>\nc") == "*a* &lt;b&gt;<br>c"


@given(st.text(alphabet="<>&\"'*_~`|@#!/ \nabc\ue000\ue0010:script"))
def test_nothing_a_message_says_becomes_a_script(text: str) -> None:
    for html in (mrkdwn_html(text, {}), markdown_html(text), plain_html(text)):
        assert "<script" not in html
        assert 'href="javascript' not in html
        # Every tag left is one of ours.
        rest = html
        for tag in ("b", "i", "s", "pre", "code", "blockquote", "p", "h4"):
            rest = rest.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
        rest = (
            rest.replace("<br>", "").replace('<span class="mention">', "").replace("</span>", "").replace('<p class="item">', "")
        )
        while (start := rest.find("<a href=")) >= 0:
            rest = rest[:start] + rest[rest.index(">", start) + 1 :]
        assert "<" not in rest.replace("</a>", "")


def test_readable_is_what_the_eye_sees() -> None:
    assert readable(mrkdwn_html("*84 %* of <https://example.com|downloads>\n&gt; really", {})) == "84 % of downloads\nreally"


def test_standard_markdown_has_its_own_block() -> None:
    assert markdown_html("# Title\n- **a** and [b](https://example.com)") == (
        '<h4>Title</h4><p class="item">• <b>a</b> and '
        '<a href="https://example.com" target="_blank" rel="noopener noreferrer">b</a></p>'
    )
