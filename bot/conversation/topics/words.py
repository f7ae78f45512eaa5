"""The topics of options, lists and other words of a question."""

from __future__ import annotations

from analytics.domain import ListName
from analytics.query import Option
from bot.conversation.topics.topic import Topic

OPTIONS = {
    Option.BY: Topic(
        ("by", "measure", "measures", "downloads", "download"),
        "Chooses what to count: models, downloads of the last 30 days, or likes. Without it, you get models and downloads.",
        ("licenses by downloads", "creators by models", "tasks by likes"),
        "what to count; models and downloads without it",
        ("by models", "by downloads", "by likes"),
    ),
    Option.IN: Topic(
        ("in", "list", "lists"),
        "Chooses the list: "
        + "; ".join(f"{name} ({name.contents})" for name in ListName)
        + ". Without it, you get top. A month after it is a date.",
        ("licenses in trending", "creators by downloads in both"),
        "another list than the 300 models with the most downloads",
        ("in trending", "in both"),
    ),
    Option.TASK: Topic(
        ("for",),
        "Counts only models with a task.",
        ("licenses task text-generation", "creators task fill-mask"),
        "only models with that task",
        ("task text-generation",),
    ),
    Option.TOP: Topic(
        ("top", "first"),
        "Shows only the first few, up to 1,000. After “in”, top is the list of the 300 models with the most downloads, which you "
        "get without a list.",
        ("licenses top 5", "models by likes top 10"),
        "only the first few",
        ("top 5",),
    ),
    Option.AT: Topic(
        ("at", "on", "date", "dates"),
        "Shows the data as of a month or a day (UTC), from its last snapshot.",
        ("licenses at 2026-08", "creators by downloads at 2026-08-22"),
        "as of that month or day",
        ("at 2026-08",),
    ),
    Option.SINCE: Topic(
        ("since", "from", "history"),
        "Shows how the numbers changed since a month or a day (UTC). A year stands for its January.",
        ("licenses since 2026-01", "creator meta since 2026-06"),
        "over time",
        ("since 2026-01",),
    ),
}
"""The options, in the order of the help."""


def _of_list(name: ListName, *examples: str, words: tuple[str, ...] = ()) -> Topic:
    return Topic((name.value, *words), f"The list “{name}”: {name.contents}.", examples)


LISTS = (
    _of_list(ListName.TRENDING, "licenses in trending", "models in trending"),
    _of_list(ListName.LIKED, "licenses in liked", "models in liked"),
    _of_list(ListName.BOTH, "licenses in both", "creators by downloads in both", words=("all",)),
    _of_list(ListName.HUB, "licenses in hub", "creators by downloads in hub", words=("whole",)),
)
"""The lists; top is also an option, and has its topic there."""

FILTERS = Topic(
    ("filter", "filters", "narrow", "not", "only", "without", "excluding", "except"),
    "Narrows a question to the models of one creator, license, country, kind, library, family, namespace, access or derivation. "
    "With “not”, it leaves those models out. You can use several.",
    ("licenses creator google", "creators country china", "models license mit not creator meta"),
    "only models of that creator, license, country and so on; “not” leaves them out",
    ("creator google", "not license mit"),
)
DIRECTION = Topic(
    ("up", "down", "losers", "winners"),
    "After movers, shows only what rose or fell.",
    ("movers creators down", "movers licenses up"),
    "only what rose or fell, after movers",
    ("up", "down"),
)
RECORDED = Topic(
    ("recorded", "as", "unrecorded", "missing"),
    "Counts only what each snapshot recorded itself. Without it, a license, task or library that a snapshot doesn't record is "
    "filled in from the model's tags or another date within 92 days. On the command line, digests take --as-recorded.",
    ("licenses as recorded", "movers licenses as recorded"),
    "without licenses, tasks and libraries filled in from other dates",
    ("as recorded",),
)
CSV = Topic(
    ("csv", "export", "spreadsheet", "excel"),
    "To get the numbers as a CSV file, choose CSV in the ⋯ menu below an answer. On the command line, add an option: "
    "hfstats ask licenses --csv licenses.csv",
    ("licenses", "creators by downloads"),
)
OTHERS = (
    FILTERS,
    DIRECTION,
    RECORDED,
    Topic(
        ("quiet", "quietly", "private"),
        "As the first or last word, it shows the answer only to you, with a button to post it.",
        ("licenses quiet", "quiet creators by downloads"),
        "shows the answer only to you",
        ("licenses quiet",),
    ),
    CSV,
)
TOPICS = (*OPTIONS.values(), *LISTS, *OTHERS)
