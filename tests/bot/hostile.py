"""A history with hostile names, the same with harmless names, and Slack's view of a text in the stand-in."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from datetime import date, timedelta

from analytics.domain import ListName
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory
from bot.jobs.snapshot import load
from playground.website.mrkdwn import mrkdwn_html

PIECES = [
    *("*bold*", "_slanted_", "~struck~", "`code`", "```block```", "*", "_", "~", "`", "**", "__x__"),
    *(":skull:", ":warning:", ":x:", ":+1:", "::", "12:30:45"),
    *("https://evil.example/a?b=c", "http://evil.example", "evil.example", "www.evil.example", "mailto:a@evil.example"),
    *("<!channel>", "<@U0123456789>", "<#C0123456789>", "<https://evil.example|mit>", "@here", "@channel", "#general"),
    *("&amp;", "&lt;!here&gt;", "&", ">", "> quoted", ">>> all", "|", "$\\frac{1}{0}$", "[bold]red[/bold]", "[/]", "{name}"),
    *("=HYPERLINK(1)", "+1-555-0100000", "-2+3", "@SUM(1)", "＝1", "x;=1", "＊wide＊", "＿wide＿", "｀wide｀"),  # noqa: RUF001
    *("a", "mit", "x y", "é", "日本", "“quoted”", '"', "'", "\\", "%s", "z\u0301\u0301\u0301\u0301\u0301\u0301\u0301"),
]
OWNERS = ["_slanted_", "__init__", "-2", "evil.example", "www.evil.example", "a_", "_b", "...", "x__y", "c4ai_r", "0"]
SHAPES = 24
"""Models of a date."""
KNOWN = [("google/bert", "mit", "fill-mask", "transformers"), ("Qwen/Qwen3", "mit", "fill-mask", "transformers")]
"""Of whom there is a country, a kind and a family."""
MONTHS = 13


def hostile_names(seed: int, many: int = SHAPES) -> list[str]:
    """Return names as no one gives them: each piece alone and some together, none twice."""
    chance = random.Random(seed)
    alone = chance.sample(PIECES, many // 2)
    joined = ("".join(chance.choice([" ", "", ", ", "*", "_"]).join(chance.choices(PIECES, k=3))) for _ in range(10 * many))
    usable = (name.strip() for name in [*alone, *joined] if ";" not in name and name.strip())
    return list({name.casefold(): name.lower() for name in usable}.values())[:many]


def tables(seed: int) -> list[tuple[str, str, str, str]]:
    """Return for each model a model id, a license, a task and a library."""
    chance = random.Random(seed)
    owners = [f"{OWNERS[place % len(OWNERS)]}/_m{place}_.evil.example" for place in range(SHAPES)]
    columns = [hostile_names(chance.randrange(10**9)) for _ in range(3)]
    return list(zip(owners, *columns, strict=True))


def tame(seed: int) -> list[tuple[str, str, str, str]]:
    """Return the same without anything hostile."""
    return [
        (f"owner{place % len(OWNERS)}/m{place}", f"license{place}", f"task{place}", f"library{place}")
        for place in range(len(tables(seed)))
    ]


def stored(folder, rows) -> SqlHistory:
    """Import a file of these names, a month a date, and one of a trending list."""
    folder.mkdir()
    engine = database.engine(f"sqlite:///{folder / 'hfstats.db'}")
    database.upgrade(engine)
    store = SqlHistory(engine)
    head = ["snapshot_date", "model_id", "downloads", "likes", "license", "pipeline_tag", "library_name", "trending_score"]
    head += ["created_at", "gated", "tags"]
    days = [date(2025, 8, 22) + timedelta(days=30.5 * month) for month in range(MONTHS)]
    for within in (ListName.TOP, ListName.TRENDING):
        path = folder / f"{within}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(head)
            for month, day in enumerate(days):
                for place, (model, license_, task, library) in enumerate([*rows, *KNOWN]):
                    downloads = 1_000_000 // (place + 1) + 3_000 * month * ((place * 7) % 5) + place
                    likes = 10 + (place * 37) % 101
                    more = [
                        "2025-01-05T00:00:00.000Z",
                        "auto" if place % 3 else "false",
                        f"{task.replace(';', '')};base_model:{model}",
                    ]
                    out.writerow([day, model, downloads, likes, license_, task, library, 100 - place, *more])
        load(store, path, within)
    return store


def strings(value) -> list[str]:
    """Return every text in JSON's types."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for one in inner for text in strings(one)]


def objects(value) -> list[dict]:
    """Return every object in blocks or a view, in order."""
    if isinstance(value, dict):
        return [value, *(found for one in value.values() for found in objects(one))]
    return [found for one in value for found in objects(one)] if isinstance(value, list | tuple) else []


_TAG = re.compile(r"<(b|i|s|a|pre|code|blockquote|span)\b")
_NAMED = re.compile(r":[\w+'-]+:")
_LINKED = re.compile(
    r"https?://\S|\bwww\.\w|\bmailto:[^\s\u200b]|\w[.。][^\W\d_]{2}|@(?:here|channel|everyone)|#\w", re.IGNORECASE
)


def effects(text: str, *, verbatim: bool) -> Counter:
    """Count what Slack makes of mrkdwn: emphasis, code, links, mentions and quotes, emoji, and what it links of itself."""
    html = str(mrkdwn_html(text, {}))
    found = Counter(tag[1] for tag in _TAG.finditer(html))
    bare = re.sub(r"<[^<>\n]*>|`+[^`]*`+", " ", text)
    found["emoji"] = len(_NAMED.findall(bare))
    if not verbatim:
        found["linked"] = len(_LINKED.findall(bare.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")))
    return +found


def effects_of(value) -> Counter:
    """Count what takes effect in the text objects of blocks or a view."""
    found: Counter = Counter()
    for one in objects(value):
        if one.get("type") == "mrkdwn":
            assert one.get("verbatim") is True, one
            found += effects(one["text"], verbatim=True)
        literals = [one.get(key) for key in ("alt_text", "accessibility_label", "title", "label", "name") if key in one]
        if one.get("type") in {"plain_text", "raw_text"}:
            literals.append(one["text"])
        found["emoji in plain text"] += sum(len(_NAMED.findall(text)) for text in literals if isinstance(text, str))
    return +found


def seen(text: str) -> str:
    """Return a shown text as a person reads it: without zero-width spaces, one form for what looks alike."""
    alike = dict(zip("\u2217\ufe61＊\u02cb｀\u02cd＿\u223c›", "***``__~>", strict=True))  # noqa: RUF001
    return text.translate(str.maketrans(alike | {"\u200b": None}))
