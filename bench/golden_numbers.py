"""Compare the numbers of the goldens with those of an earlier commit, where only words were to change.

``python bench/golden_numbers.py 7ced0d4``. Keys, numbers, booleans and nulls have to be equal at the same paths, and texts have
to hold the same numbers. A date counts as one number in each way of writing it; a sign isn't part of a number, since a verb may
replace it: "-5.4 points" became "fell 5.4 percentage points". Prints every difference.
"""

from __future__ import annotations

import calendar
import json
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = re.compile(r"^tests/.*/golden/[^/]*\.json$")
_MONTHS = "|".join(calendar.month_name[1:])
_DATES = (
    re.compile(r"\b(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})\b"),
    re.compile(rf"\b(?P<day>\d{{1,2}}) (?P<month>{_MONTHS}) (?P<year>\d{{4}})\b"),
    re.compile(rf"\b(?P<month>{_MONTHS}) (?P<day>\d{{1,2}}), (?P<year>\d{{4}})\b"),
    re.compile(rf"\b(?P<month>{_MONTHS}) (?P<year>\d{{4}})\b"),
)


def date_of(match: re.Match[str]) -> str:
    found = match.groupdict()
    month = int(found["number"]) if "number" in found else list(calendar.month_name).index(found["month"])
    return f"{found['year']}-{month}-{int(found['day']) if 'day' in found else ''}"


def numbers_in(text: str) -> Counter[str]:
    """Return how often a text has each number and each date."""
    numbers: Counter[str] = Counter()
    for pattern in _DATES:
        numbers.update(map(date_of, pattern.finditer(text)))
        text = pattern.sub(" ", text)
    return numbers + Counter(re.findall(r"\d+(?:\.\d+)?", text))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - whatever JSON holds
    """Yield every value with its path, and the length of every list."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}")
    elif isinstance(value, list):
        yield f"{path}[]", len(value)
        for place, item in enumerate(value):
            yield from leaves(item, f"{path}[{place}]")
    else:
        yield path, value


def goldens(revision: str) -> dict[str, dict[str, Any]]:
    """Return the leaves of each golden of a commit, by file name: the files have moved since."""
    git = ("git", "-C", str(Path(__file__).parents[1]))
    names = subprocess.run([*git, "ls-tree", "-r", "--name-only", revision], check=True, capture_output=True, text=True).stdout
    return {
        Path(name).name: dict(
            leaves(json.loads(subprocess.run([*git, "show", f"{revision}:{name}"], check=True, capture_output=True).stdout))
        )
        for name in names.splitlines()
        if GOLDEN.match(name)
    }


@click.command()
@click.argument("before")
@click.argument("after", default="HEAD")
def main(before: str, after: str) -> None:
    """Compare the goldens of two commits."""
    earlier, later = goldens(before), goldens(after)
    if earlier.keys() != later.keys():
        raise click.ClickException(f"Only one of the commits has {', '.join(sorted(earlier.keys() ^ later.keys()))}.")
    compared, differences = Counter[str](), 0
    for name, old in sorted(earlier.items()):
        new = later[name]
        for path in old.keys() | new.keys():
            was, now = old.get(path, "absent"), new.get(path, "absent")
            texts = isinstance(was, str) and isinstance(now, str)
            compared["texts" if texts else "values"] += 1
            same = numbers_in(was) == numbers_in(now) if texts else was == now
            if texts:
                compared["numbers"] += numbers_in(was).total()
            if not same or (path in old) is not (path in new):
                differences += 1
                click.echo(f"{name} {path}:\n    {was}\n    {now}")
    click.echo(
        f"{len(earlier)} goldens: {compared['values']} values and {compared['numbers']} numbers in {compared['texts']} texts "
        f"compared, {differences} differ"
    )


if __name__ == "__main__":
    main()
