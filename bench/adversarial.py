"""Made-up histories in which sources record only part of the truth: does an answer or a digest tell what isn't so?

    python bench/adversarial.py                       # 2,000 histories; some minutes
    python bench/adversarial.py --histories 100 --first 500
    python bench/adversarial.py --first 1234 --histories 1 --all

Each history is stored through the project's own ingest and asked some forty questions and every month's digest. What is told is
held against the whole truth, from which an oracle without any of the product's code computes shares, ranks and causes. Exits with
1 if anything told isn't so.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from truth.adversarial.histories_asked import Outcome, run  # noqa: E402 - found by the line above

from analytics.storage import database  # noqa: E402 - as above

SHOWN = 5
"""Contradictions of each kind, without ``--all``."""


def outcome_of(seed: int, folder: Path) -> Outcome:
    """Run one history in a process of its own."""
    logging.disable(logging.WARNING)
    return run(seed, folder / "empty.db", folder)


def main() -> None:
    """Run the histories and print what was told of them, and what of it isn't so."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--histories", type=int, default=2_000)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--all", action="store_true", help="print each contradiction")
    wanted = arguments.parse_args()
    counts: Counter[str] = Counter()
    problems: defaultdict[str, list[str]] = defaultdict(list)
    seeds = range(wanted.first, wanted.first + wanted.histories)
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(wanted.processes) as pool:
        folder = Path(name)
        engine = database.engine(f"sqlite:///{folder / 'empty.db'}")
        database.upgrade(engine)
        engine.dispose()
        for seed, outcome in zip(seeds, pool.map(partial(outcome_of, folder=folder), seeds, chunksize=5), strict=True):
            counts += outcome.counts
            counts["assumed"] += len(outcome.assumed)
            counts["not read"] += len(outcome.unread)
            for question, problem in outcome.problems:
                problems[problem.kind].append(f"{seed}, {question}: {problem.text}")
    for what, number in counts.most_common():
        print(f"{what:18} {number:9,}")
    for kind, told in sorted(problems.items(), key=lambda row: -len(row[1])):
        histories = len({line.partition(",")[0] for line in told})
        print(f"NOT SO: {kind:30} {len(told):7,} in {histories:,} histories")
        for line in told if wanted.all else told[:SHOWN]:
            print(f"    {line}")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
