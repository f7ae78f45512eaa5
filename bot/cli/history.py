"""``hfstats history``: fetch past month ends and report what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.formatting.phrases import plural
from bot.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from bot.jobs.history import HistoryFetcher, Outcome

_MEGABYTE = 1e6


def fetch(fetcher: HistoryFetcher, months: int, today: date, say: Callable[[str], None]) -> bool:
    """Fetch what is missing of the last months; returns whether nothing failed.

    Raises:
        SourceError: when the dataset's revisions can't be read.
        StoreError: when the database can't be used.

    """
    outcomes: list[Outcome] = []
    with progress() as advance:
        advance("asking the Hub for revisions", 0, None)
        wanted = fetcher.plan(months, today)
        advance("month ends", 0, len(wanted))
        for outcome in fetcher.fetch(wanted):
            outcomes.append(outcome)
            advance("month ends", len(outcomes), len(wanted))
    failed = sorted((outcome for outcome in outcomes if outcome.error), key=lambda outcome: outcome.day)
    stored = [outcome for outcome in outcomes if not outcome.error]
    if stored:
        fetched, size = (sum(sizes) / _MEGABYTE for sizes in zip(*((o.fetched, o.size) for o in stored), strict=True))
        first, last = min(o.day for o in stored), max(o.day for o in stored)
        span = f"from {first}" if first == last else f"from {first} to {last}"
        say(f"Stored the lists of {plural(len(stored), 'month end')} {span}; fetched {fetched:,.1f} of {size:,.1f} MB.")
    if failed:
        say("These failed. Run the same command to retry them:")
    for outcome in failed:
        say(f"  {outcome.day}: {outcome.error}")
    if len(outcomes) < len(wanted):
        say(f"Stopped with {len(stored)} of {plural(len(wanted), 'month end')} stored. Run the same command to continue.")
    say(f"{fetcher.stored(months, today)} of the last {plural(months, 'month end')} are stored.")
    return not failed and len(outcomes) == len(wanted)
