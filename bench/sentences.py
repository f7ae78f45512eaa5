"""Print what an earlier version and this one say to the same questions on the real listings.

    python bench/sentences.py FOLDER

``FOLDER`` holds the earlier version, checked out. Each question is typed to ``hfstats ask`` of both, and the sentences of the
answers that differ are printed side by side: headlines, notes and errors, not the tables. Needs the whole listings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from data.real_listings import complete_files  # noqa: E402 - found through the path above

QUESTIONS = (
    "concentration licenses", "concentration countries", "concentration creators", "concentration tasks",
    "movers creators", "movers licenses", "movers tasks", "movers licenses at 2026-07", "movers creators at 2026-06",
    "licenses since 2026-08-10", "creators since 2026-08-10", "tasks since 2026-08-10", "license mit since 2026-08-10",
    "creator meta", "creator google by models", "creator nreimers", "derivatives", "derivatives creator Alibaba",
    "license other", "licenses", "licenses by models", "creators by models", "tasks", "families", "countries", "kinds", "access",
    "likes", "likes in trending", "likes at 2026-07", "models by likes top 10", "models top 20", "licenses top 20",
    "how many models does google have", "how many tasks are there", "licenses in trendy", "licenses since 2030", "is qwen ahead",
    "compare apache-2.0 mit", "compare 2026-06 2026-07", "country china", "task fill-mask", "ages", "entries",
    "forecast creators", "forecast licenses", "asdf", "licenses by stars",
)  # fmt: skip
_ASK = """
import json, sys
from click.testing import CliRunner
from bot.cli.main import main
files, questions = json.load(sys.stdin)
run = CliRunner()
run.invoke(main, ["db", "upgrade"])
for path in files:
    run.invoke(main, ["import", path])
print("\\n" + json.dumps([run.invoke(main, ["ask", *question.split()]).output for question in questions]))
"""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Print the sentences."""
    with tempfile.TemporaryDirectory() as work:
        files = [str(path) for path in complete_files(Path(work) / "listings")]
        before, after = (_answers(at, Path(work) / f"{name}.db", files) for name, at in (("before", folder), ("after", ROOT)))
    number = 0
    for question, old, new in zip(QUESTIONS, map(_sentences, before), map(_sentences, after), strict=True):
        gone, came = [line for line in old if line not in new], [line for line in new if line not in old]
        if gone or came:
            number += 1
            print("\n".join([f"\n{number}. {question}", *(f"   - {line}" for line in gone), *(f"   + {line}" for line in came)]))


def _answers(folder: Path, store: Path, files: list[str]) -> list[str]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{store}", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", _ASK]
    text = json.dumps([files, QUESTIONS])
    done = subprocess.run(command, cwd=folder, env=environment, input=text, capture_output=True, check=True, text=True)
    answers: list[str] = json.loads(done.stdout.splitlines()[-1])
    return answers


def _sentences(answer: str) -> list[str]:
    """Return the lines of an answer that are no rows of a table."""
    return [line for line in answer.splitlines() if line.strip() and "  " not in line.strip()]


if __name__ == "__main__":
    main()
