"""Measure imports of many dates, many rows and many files: ``python bench/attacks/import_dates.py [LARGEST]``.

CPU seconds are more reliable than wall-clock time on a shared machine. ``LARGEST`` skips cases with more rows or dates, which
would take hours with early versions.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the benches' shared pieces

from serving import ROOT, table

HEAD = "snapshot_date,model_id,downloads,likes,license,pipeline_tag,library_name\n"
FIRST = date(1990, 1, 1)


def row(day: date, place: int) -> str:
    return f"{day},o{place % 9}/m{place},{1000 + place},{place % 7},mit,text-generation,transformers\n"


def dates(path: Path, many: int) -> list[Path]:
    """Write a file of so many dates, of one row each."""
    path.write_text(HEAD + "".join(row(FIRST + timedelta(place), place % 50) for place in range(many)), encoding="utf-8")
    return [path]


def rows_of_a_day(path: Path, many: int) -> list[Path]:
    """Write a file of one date with so many rows of names that are all different and odd."""
    odd = (
        f'2026-08-22,o{place}/m{place},{place},1,"*l{place}*;`x{place}`",:skull:{place},https://e{place}.example\n'
        for place in range(many)
    )
    path.write_text(HEAD + "".join(odd), encoding="utf-8")
    return [path]


def files(folder: Path, many: int) -> list[Path]:
    """Write so many files of one row each."""
    for place in range(many):
        (folder / f"day{place:04}.csv").write_text(HEAD + row(FIRST + timedelta(place), place % 50), encoding="utf-8")
    return sorted(folder.glob("day*.csv"))


def timed(folder: Path, given: list[Path]) -> tuple[float, float, str]:
    """Import them into a new database; returns seconds, seconds of the processor, and the last line."""
    database = folder / f"{given[0].stem}.db"
    began, worked = time.monotonic(), processor()
    done = subprocess.run(
        [sys.executable, "-m", "bot", "import", *map(str, given)],
        cwd=ROOT,
        env={"DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return time.monotonic() - began, processor() - worked, (done.stdout or done.stderr).strip().splitlines()[-1]


def processor() -> float:
    """Return the seconds that ended children had of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(largest: str = "1000000") -> None:
    """Measure each, with the start of the command taken off."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, start, _ = timed(folder, dates(folder / "start.csv", 1))
        cases = {
            "1,000 dates of a row": (1_000, dates(folder / "a.csv", 1_000)),
            "6,666 dates of a row": (6_666, dates(folder / "b.csv", 6_666)),
            "20,000 dates of a row": (20_000, dates(folder / "c.csv", 20_000)),
            "1 date of 50,000 odd rows": (50_000, rows_of_a_day(folder / "d.csv", 50_000)),
            "500 files of a row": (500, files(folder, 500)),
        }
        found = []
        for case, (many, given) in cases.items():
            if many <= int(largest):
                seconds, worked, said = timed(folder, given)
                found.append([case, f"{seconds:.1f}", f"{worked:.1f}", f"{many / max(worked - start, 0.01):,.0f}", said[:60]])
        heading = ["what", "s", "processor s", "rows/processor s", "last line"]
        table(f"Importing; the command itself takes {start:.1f} s of the processor", heading, found)


if __name__ == "__main__":
    main(*sys.argv[1:])
