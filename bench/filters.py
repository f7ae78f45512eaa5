"""Time questions with filters against the same without, in one process: CPU time of warm answers, medians of nine rounds.

python bench/filters.py STORE    # a SQLite file with the real listings: docs/how-to/import-listings.md
"""

from __future__ import annotations

import argparse
import time
from statistics import median
from typing import TYPE_CHECKING

from analytics.questions.registry import ask, parse
from analytics.storage import database
from analytics.storage.sql_history import SqlHistory

if TYPE_CHECKING:
    from analytics.query import Query

PAIRS = (
    ("licenses", "licenses creator google"),
    ("creators", "creators license mit"),
    ("tasks by downloads", "tasks by downloads country china not license mit"),
    ("movers licenses", "movers licenses country china"),
    ("licenses since 2026-03", "licenses since 2026-03 creator google"),
)
ROUNDS = 9


def seconds(query: Query, history: SqlHistory) -> float:
    started = time.process_time()
    ask(query, history)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store")
    history = SqlHistory(database.engine(f"sqlite:///{parser.parse_args().store}"))
    for texts in PAIRS:
        queries = [parse(text) for text in texts]
        rounds = [[seconds(query, history) for query in queries] for _ in range(ROUNDS + 2)][2:]  # the first two fill the caches
        plain, narrowed = (median(times) for times in zip(*rounds, strict=True))
        print(f"{texts[0]}: {plain * 1e3:.1f} ms; {texts[1]}: {narrowed * 1e3:.1f} ms; ratio {narrowed / plain:.2f}")


if __name__ == "__main__":
    main()
