"""The topics of the bot's commands: a row for each command, in the order of the help."""

from __future__ import annotations

from bot.conversation.topics.topic import Topic

_SUBSCRIPTIONS = ("subscriptions", "digest now")
_ALERTS = ("watches", "help watch")
_BETS = ("bets", "predict")

DIGESTS = (
    Topic(
        ("subscribe",),
        "Posts a digest of what changed in this channel, every month or week. Add a day, a time, a time zone, a list or sections "
        "in any order. Type it again to change the schedule.",
        ("subscribe", "subscribe weekly friday at 9am Europe/Berlin", "subscribe last day at 17:00 in trending"),
        "posts a digest in this channel each month or week",
        ("subscribe", "subscribe weekly friday at 9am Europe/Berlin"),
        _SUBSCRIPTIONS,
    ),
    Topic(
        ("subscriptions", "subscription"),
        "Lists the subscriptions you can see, with buttons to pause or end them.",
        ("subscriptions", "subscriptions quiet"),
        "lists the subscriptions you can see",
    ),
    Topic(
        ("pause",),
        "Pauses this channel's digest until you resume it. Add a number to pause another subscription from the list.",
        ("pause", "pause 2"),
        "pauses this channel's digest",
        buttons=("subscriptions", "help resume"),
    ),
    Topic(
        ("resume",),
        "Resumes a paused digest from its next date. Add a number to resume another subscription from the list.",
        ("resume", "resume 2"),
        "resumes this channel's digest",
        buttons=("subscriptions", "help pause"),
    ),
    Topic(
        ("unsubscribe",),
        "Ends this channel's digest. Add a number to end another subscription from the list.",
        ("unsubscribe", "unsubscribe 2"),
        "ends this channel's digest",
        buttons=("subscriptions", "help pause"),
    ),
    Topic(
        ("digest", "digests"),
        "Shows the digest of the current month, or of another month or week.",
        ("digest now", "digest 2026-07", "digest 2026-W30"),
        "shows the digest of a month or week",
        ("digest now", "digest 2026-07"),
        ("digest now", "subscriptions"),
    ),
    Topic(
        ("report", "reports", "article", "summary"),
        "Posts the whole story of a month: the summary in this channel, and licenses, creators, tasks, likes and trending models "
        "in its thread. Add “then and now” for the published figures of January 2024.",
        ("report", "report 2026-07", "report August in trending", "report then and now"),
        "posts a month's report, with a chart for each section in its thread",
        buttons=("digest now", "help digest"),
    ),
)
ALERTS = (
    Topic(
        ("watch", "alert", "alerts"),
        "Sets an alert: I'll post here when a license, creator, task or library crosses a share or a rank. I check after every "
        "new snapshot.",
        ("watch creator meta below 10%", "watch license mit above 25% by models", "watch creator google rank below 2"),
        "sets an alert for a share or a rank",
        buttons=("watches", "help unwatch"),
    ),
    Topic(
        ("watches",),
        "Lists this channel's alerts with their numbers, and buttons to mute or remove them.",
        ("watches", "watches quiet"),
        "lists this channel's alerts",
    ),
    Topic(
        ("mute",),
        "Mutes an alert until you unmute it. The number is in the list of alerts.",
        ("mute 3", "unmute 3"),
        "mutes alert 3",
        buttons=_ALERTS,
    ),
    Topic(
        ("unmute",),
        "Turns a muted alert on again. The number is in the list of alerts.",
        ("unmute 3", "mute 3"),
        "unmutes alert 3",
        buttons=_ALERTS,
    ),
    Topic(
        ("unwatch", "unfollow"),
        "Removes an alert. The number is in the list of alerts.",
        ("unwatch 3", "unfollow 3"),
        "removes alert 3",
        buttons=_ALERTS,
    ),
)
PREDICTIONS = (
    Topic(
        ("predict", "bet", "predictions"),
        "Places a public bet on who will lead a ranking at the end of a month, in a form or in words. You can change it until "
        "that month begins.",
        ("predict", "predict creators Alibaba 70% by {month}"),
        "places a bet on who will lead",
        ("predict", "predict creators Alibaba 70% by {month}"),
        ("bets", "help unbet"),
    ),
    Topic(
        ("bets",),
        "Lists open bets, results and scores in this channel.",
        ("bets", "bets quiet"),
        "lists open bets, results and scores",
    ),
    Topic(
        ("unbet",),
        "Takes back one of your bets. The number is in the list of bets.",
        ("unbet 3", "unbet 12"),
        "takes back your bet 3",
        buttons=_BETS,
    ),
)
OTHERS = (
    Topic(
        ("status",),
        "Shows how fresh the data is and which deliveries failed.",
        ("status", "status quiet"),
        "shows how fresh the data is and what wasn't delivered",
    ),
    Topic(
        ("again",),
        "Sends a failed delivery of this channel again. The number is in the status.",
        ("again 12", "again 3"),
        "sends delivery 12 of this channel again",
        buttons=("status", "help status"),
    ),
    Topic(
        ("build", "form", "ask"),
        "Opens a form to choose a question, its names and options from menus. Add a question to start from it.",
        ("build", "build licenses by downloads"),
        "opens a form to choose from instead of typing",
    ),
    Topic(
        ("help", "commands"),
        "Lists everything you can type. Add a question, a command, an option or a list to read about that one thing.",
        ("help", "help creators", "help watch", "help since"),
        "explains one thing, with examples",
        ("help creators", "help watch", "help since"),
    ),
)
COMMANDS = (*DIGESTS, *ALERTS, *PREDICTIONS, *OTHERS)
