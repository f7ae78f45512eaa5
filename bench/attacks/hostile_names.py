"""Import a file of hostile names and ask every question about it. How often does a name take effect in Slack?

``python bench/attacks/hostile_names.py``; starts ``hfstats serve`` against the stand-in on loopback.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces

from serving import ROOT, free_port, serve, table

from playground import SlackStandIn
from playground.website.emoji import with_emoji
from playground.website.mrkdwn import mrkdwn_html

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = {
    "*bold*": ("*starmark*", "<b>starmark</b>"),
    "_italic_": ("_slantmark_", "<i>slantmark</i>"),
    "~strike~": ("~strikemark~", "<s>strikemark</s>"),
    "`code`": ("`codemark`", "<code>codemark</code>"),
    ":emoji:": ("party :tada:", "🎉"),
    "https://…": ("https://evil.example/x", "evil.example/x</a>"),
    "mention": ("<!channel>", '<span class="mention">@channel'),
    "=formula": ("=hyperlink(1)", None),
}
QUESTIONS = [
    *("licenses", "licenses by downloads", "licenses in trending", "tasks", "libraries", "creators", "models", "movers licenses"),
    *("licenses since 2026-05", "tasks since 2026-05", "concentration licenses", "entries", "likes", "digest now", "families"),
    *(f'license "{name}"' for name, _ in NAMES.values()),
    *(f'task "{name}"' for name, _ in NAMES.values()),
    *('compare license "*starmark*" "_slantmark_"', 'watch license "~strikemark~" below 10%', "watches", 'license ":tada: what"'),
]


def write(path: Path) -> None:
    """Write four months of these names, each as a license, a task and a library."""
    names = [name for name, _ in NAMES.values()]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["snapshot_date", "model_id", "downloads", "likes", "license", "pipeline_tag", "library_name"])
        for month in range(4):
            for place in range(3 * len(names)):
                turned = [names[(place + by) % len(names)] for by in (0, 3, 5)]
                downloads = 1_000_000 // (place + 1) + month * 9_000 * (place % 3)
                out.writerow(
                    [date(2026, 5, 22) + timedelta(days=30 * month), f"o{place % 5}/m{place}", downloads, place, *turned]
                )


def objects(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(one)


def count(blocks: object, text: str, found: Counter[str]) -> None:
    """Count where a name took effect: in text objects, and in the text of the message."""
    marked = [str(mrkdwn_html(text, {}))]
    for one in objects(blocks):
        if one.get("type") == "mrkdwn":
            marked.append(str(mrkdwn_html(one["text"], {})))
        elif one.get("type") in {"plain_text", "raw_text"}:
            marked.append(with_emoji(one["text"]))
    for effect, (_, sign) in NAMES.items():
        found[effect] += sum(sign in html for html in marked) if sign else 0
    bare = re.compile(r"(?<![\w/.])https?://evil\.example")
    found["https://…"] += sum(bool(bare.search(one.get("text", ""))) for one in objects(blocks) if one.get("type") == "raw_text")


def main() -> None:
    """Import, serve, ask, count."""
    with tempfile.TemporaryDirectory() as name, SlackStandIn() as slack:
        folder = Path(name)
        write(folder / "names.csv")
        url, port = f"sqlite:///{folder / 'hfstats.db'}", free_port()
        subprocess.run(
            [sys.executable, "-m", "bot", "import", str(folder / "names.csv")], check=True, cwd=ROOT, env={"DATABASE_URL": url}
        )
        settings = {
            "DATABASE_URL": url,
            "PORT": str(port),
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_BOT_TOKEN": slack.bot_token(),
            "SLACK_API_URL": slack.api_url,
            "HFSTATS_PER_MINUTE": "1000",
        }
        with serve(f"http://127.0.0.1:{port}", folder / "serve.log", **settings):
            slack.attach(f"http://127.0.0.1:{port}/slack/events")
            found: Counter[str] = Counter()
            for question in QUESTIONS:
                before = {message.ts: message.blocks for message in slack.messages("general")}
                slack.command(question)

                def answered(seen: dict[str, Any] = before) -> bool:
                    new = [one for one in slack.messages("general") if one.ts not in seen]
                    return bool(new) and not any("Working on" in str(one.blocks) for one in new)

                slack.wait_for(answered, timeout=120)
            messages = slack.messages("general")
            for message in messages:
                count(message.blocks, message.text, found)
        rows = [[effect, name, found[effect]] for effect, (name, sign) in NAMES.items() if sign]
        table(f"Hostile names: {len(messages)} messages", ["effect", "name", "took effect"], rows)


if __name__ == "__main__":
    main()
