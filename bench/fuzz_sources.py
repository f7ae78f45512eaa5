"""Odd rows: one field of one row of a real listing or dump is broken at random, some thousand times; what becomes of the day?

    python bench/fuzz_sources.py                 # 5,000 cases, through the real huggingface_hub on loopback; some minutes
    python bench/fuzz_sources.py --cases 200

A day may be lost only for a field that its ranking needs: the id, the downloads, and the list's own measure. Everything else must
be kept, and nothing may end in a traceback. Exits with 1 otherwise. Uses the captured listings of ``../shared/data`` where these
are, and made-up ones elsewhere.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "analytics" / "sources"))

from broken_rows import broken_dump, broken_page  # noqa: E402 - found by the line above
from hub_standin import HubStandIn, says, some_models  # noqa: E402 - as above

from analytics.domain import ListName  # noqa: E402 - as above
from analytics.errors import SourceError  # noqa: E402 - as above
from analytics.sources import hub  # noqa: E402 - as above
from analytics.sources.dumps.reader import read_dump  # noqa: E402 - as above
from analytics.storage.rollup import roll_up  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub_standin import Row

DAY = date(2026, 8, 22)
SAMPLES = ROOT.parent.parent / "shared/data/hub_api_samples"
MEASURES = {ListName.TOP: "downloads", ListName.TRENDING: "trendingScore", ListName.LIKED: "likes"}


def listings() -> dict[ListName, list[Row]]:
    """Return pages of 100 rows or more, sorted by their list's measure."""
    names = {
        ListName.LIKED: "models_sort_likes_full_limit100_2025-12-08.json",
        ListName.TRENDING: "models_sort_trendingScore_limit300_2026-08-22_reconstructed.json",
    }
    found: dict[ListName, list[Row]] = {ListName.TOP: some_models(100)}
    for name, file in names.items():
        if (SAMPLES / file).is_file():
            found[name] = json.loads((SAMPLES / file).read_text(encoding="utf-8"))[:100]
    if ListName.LIKED in found:
        found[ListName.TOP] = found[ListName.LIKED]
    return {name: sorted(rows, key=lambda row, measure=MEASURES[name]: -(row.get(measure) or 0)) for name, rows in found.items()}


def outcome(run: Callable[[], Any], *, needed: bool) -> str:
    """Return what became of a case."""
    try:
        run()
    except SourceError as error:
        text = str(error)
        if "\n" in text or not text.endswith("."):
            return f"no sentence: {text!r}"
        return "refused, as the ranking needs the field" if needed else f"LOST: {text}"
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        return f"TRACEBACK: {type(error).__name__}: {error!s:.200}"
    return "kept"


def main() -> None:
    """Run the cases and print what became of them."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=int, default=5_000)
    arguments.add_argument("--seed", type=int, default=1)
    wanted = arguments.parse_args()
    logging.disable(logging.WARNING)
    luck = random.Random(wanted.seed)
    pages = listings()
    results: Counter[tuple[str, str]] = Counter()
    bad: list[str] = []
    with HubStandIn() as standin, tempfile.TemporaryDirectory() as folder:

        def through_http(name: ListName, body: bytes, size: int) -> None:
            standin.fail_next(says(body))
            try:
                listing = hub.listing(name, taken_on=DAY, endpoint=standin.endpoint, size=size, timeout=30, deadline=60)
            finally:
                standin.asked.clear()
            assert len(listing.models) == size, "a row is gone"
            roll_up(listing.models)

        def of_dump(path: Path, size: int) -> None:
            listing, _ = read_dump(path, DAY, "dump")
            assert listing.size == size, "a row is gone"

        for case in range(wanted.cases):
            name = luck.choice(list(pages))
            rows = pages[name]
            if case % 3:
                what = f"{name} list"
                broken, body = broken_page(rows, luck)
                needed = broken.is_needed(MEASURES[name])
                said = outcome(lambda name=name, body=body, rows=rows: through_http(name, body, len(rows)), needed=needed)
            else:
                what = "dump"
                broken, table = broken_dump(rows, luck)
                path = Path(folder) / "dump.parquet"
                pq.write_table(table, path, row_group_size=40)
                needed = broken.is_needed()
                said = outcome(lambda path=path, rows=rows: of_dump(path, len(rows)), needed=needed)
            results[what, said.partition(":")[0]] += 1
            if said.partition(":")[0] not in {"kept", "refused, as the ranking needs the field"}:
                bad.append(f"case {case}, {what}, {broken}: {said}")
    for (what, said), many in sorted(results.items()):
        print(f"{what:15} {said:45} {many:6,}")
    for line in bad[:50]:
        print(line)
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
