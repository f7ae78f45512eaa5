"""The bot's emoji are shown in the playground as in Slack, not as their names."""

from __future__ import annotations

import re
from pathlib import Path

from playground.website.emoji import EMOJI

BOT = Path(__file__).parents[3] / "bot"
WRITTEN = re.compile(r"""["' ]:([a-z]+(?:_[a-z]+)*): """)


def test_every_emoji_that_the_bot_writes_has_a_picture():
    files = [path for path in BOT.rglob("*.py") if "playground" not in path.parts]
    written = {name for path in files for name in WRITTEN.findall(path.read_text(encoding="utf-8"))}
    assert {"crystal_ball", "warning", "bell"} <= written
    assert written - set(EMOJI) == set()
