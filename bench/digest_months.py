"""Print the digests of April to August 2026 on the real listings: each change as told, and beside it as computed a second time.

    python bench/digest_months.py                       # this version
    python bench/digest_months.py --before FOLDER       # and what an earlier version, checked out there, told of the same months

The second computation is that of ``tests/truth``: exact fractions, made from the files by code that shares nothing with the
product. The last line counts the figures of both and how many differ by more than 1e-9. Needs the whole listings
(``tests/data/real_listings.py`` says where they are looked for); the extract in ``tests/data`` has too few dates.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from data.real_listings import complete_files  # noqa: E402
from truth import listings, reference  # noqa: E402 - found through the path above
from truth.asking import imported  # noqa: E402
from truth.test_truth_digest import sides  # noqa: E402

from analytics.answer import Basis, Shift  # noqa: E402
from analytics.digest.builder import digest  # noqa: E402
from analytics.digest.edition import Edition  # noqa: E402
from analytics.storage import database  # noqa: E402
from analytics.storage.sql_history import SqlHistory  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

MONTHS = ("2026-04", "2026-05", "2026-06", "2026-07", "2026-08")
EXACT = 1e-9


@click.command()
@click.option("--before", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of an earlier version.")
def main(before: Path | None) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        files = complete_files(Path(folder) / "listings")
        imported(Path(folder) / "now.db", files)
        recorded = listings.with_unions(one for path in files for one in listings.read(path, listings.LISTS[path.name[:-7]]))
        history = SqlHistory(database.engine(f"sqlite:///{folder}/now.db"))
        earlier = _earlier_digests(before, Path(folder) / "before.db", files) if before else {}
        counted = [_month(month, history, recorded, earlier.get(month, "")) for month in MONTHS]
    figures, wrong = map(sum, zip(*counted, strict=True))
    print(f"\n{figures} figures, {wrong} of which differ from the second computation by more than {EXACT:g}.")
    sys.exit(bool(wrong))


def _month(month: str, history: SqlHistory, recorded: Sequence[listings.Snapshot], earlier: str) -> tuple[int, int]:
    told = digest(Edition.parse(month), history)
    known = listings.filled(recorded, reference.today, "top", told.edition.last.isoformat())
    print(f"\n## {month}\n")
    if earlier:
        print(f"Before:\n\n{earlier}\n\nNow:\n")
    print(f"  {told.headline}")
    figures = wrong = 0
    for section in told.sections:
        print(f"\n  {section.dimension.plural}: {section.since or 'nothing to compare with'}")
        if not section.since:
            continue
        then, now = sides(known, told, section)
        _, changes, _ = reference.told([then.rows, now.rows], section.dimension, "downloads")
        exact = {change["name"]: change for change in changes}
        for place, shift in enumerate(section.shifts):
            ours, theirs = _figures(shift), _exact_figures(exact[shift.name], shift)
            figures += len(ours)
            wrong += sum(abs(mine - other) > EXACT for mine, other in zip(ours, theirs, strict=True))
            if place < 3:
                print(f"    {shift.name:24} {shift.basis.value:32} told {_points(ours)}  computed again {_points(theirs)}")
        print("".join(f"      {line}\n" for line in section.lines), end="")
    return figures, wrong


def _figures(shift: Shift) -> list[float]:
    """Return the figures that a digest tells of a shift: its bounds, or share, share and change."""
    if shift.basis is Basis.BOUNDS and shift.low is not None and shift.high is not None:
        return [shift.low, shift.high]
    return [shift.before, shift.after, shift.points]


def _exact_figures(change: dict[str, object], shift: Shift) -> list[float]:
    parts = ("low", "high") if len(_figures(shift)) == 2 else ("before", "after", "points")
    return [float(change[part]) for part in parts]  # type: ignore[arg-type] - fractions


def _points(figures: Sequence[float]) -> str:
    if len(figures) == 2:
        return f"{100 * figures[0]:+.1f} to {100 * figures[1]:+.1f} points"
    return f"{100 * figures[0]:.1f}% to {100 * figures[1]:.1f}%, {100 * figures[2]:+.2f} points"


def _earlier_digests(folder: Path, store: Path, files: Sequence[Path]) -> dict[str, str]:
    """Return what an earlier version tells of each month, from a store of its own."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{store}", "PYTHONPATH": str(folder)}

    def run(*words: str) -> str:
        command = [sys.executable, "-m", "bot", *words]
        done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
        return done.stdout

    run("db", "upgrade")
    for path in files:
        run("import", str(path))
    return {month: "".join(f"  {line}\n" for line in run("digest", "--month", month).splitlines()) for month in MONTHS}


if __name__ == "__main__":
    main()
