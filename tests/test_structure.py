"""Limits on packages and modules: number of modules, length, depth, and words that are no longer used as names.

import-linter checks the direction of imports, and that there are no cycles; see pyproject.toml.
"""

import io
import re
import tokenize
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("analytics", "bot", "playground")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py" and "migrations" not in path.parts
)

MOST_MODULES = 12
"""In one package, its ``__init__`` not counted."""
MOST_LEVELS = 4
"""From a top-level package to a module, both counted."""
MOST_LINES = 300

REPLACED = frozenset(
    [
        "Allowance",
        "Carrying",
        "Catalog",
        "Editions",
        "Fence",
        "FencedClient",
        "Kept",
        "OnceRunner",
        "Plainly",
        "Recent",
        "Remembered",
        "Tally",
        "Unfinished",
        "Visit",
        "Wish",
        "allowance",
        "at_hand",
        "catalog",
        "climb",
        "editions",
        "fold",
        "judged",
        "not_known_in",
        "onename",
        "stores",
        "typed_in",
        "unfinished",
        "unsaid",
        "wish",
    ]
)
"""Names that say nothing to a reader who knows Slack apps, queues and statistics."""

REPLACED_PARTS = frozenset(
    [
        "analyst",
        "chore",
        "chores",
        "clerk",
        "clerks",
        "courier",
        "desk",
        "doubt",
        "doubts",
        "errand",
        "errands",
        "gallery",
        "handover",
        "house",
        "ladder",
        "lanes",
        "ledger",
        "office",
        "overview",
        "rung",
        "rungs",
        "seat",
        "seated",
        "seats",
    ]
)
"""Words that aren't part of any name either, such as ``seat`` in ``seat_of`` or ``SeatMap``."""


def _is_replaced(name: str) -> bool:
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)
    return name in REPLACED or not REPLACED_PARTS.isdisjoint(part.lower() for part in parts)


@pytest.mark.parametrize("package", sorted({path.parent for path in MODULES}), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_package_is_small_documented_and_not_deep(package):
    assert sum(path.parent == package for path in MODULES) <= MOST_MODULES
    assert len(package.relative_to(ROOT).parts) < MOST_LEVELS
    docstring = (package / "__init__.py").read_text(encoding="utf-8")
    assert docstring.startswith('"""')
    assert "\n\n" in docstring, "the second paragraph says what belongs elsewhere, and which packages it may import"


def test_modules_are_short():
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_tests_are_in_the_folder_of_their_subject():
    tests = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts]
    folders = {path.parent for path in tests if path.parts[0] in PACKAGES}
    assert [folder for folder in sorted(folders) if not (ROOT / folder).is_dir()] == []
    assert [folder for folder, count in Counter(path.parent for path in tests).items() if count > MOST_MODULES] == []
    names = Counter(path.stem for path in tests if path.stem != "conftest")
    assert [name for name, count in names.items() if count > 1] == [], "pytest imports test modules by name, without their folder"


def test_module_names_are_not_vague():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler"}
    modules = [*MODULES, *_python_files("tests"), *_python_files("bench")]
    assert [path for path in modules if path.stem in vague or _is_replaced(path.stem)] == []


def test_no_identifier_is_a_replaced_word():
    replaced = Counter()
    for path in [*MODULES, *_python_files("tests"), *_python_files("bench")]:
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
            # The PEP 495 argument of datetime is called fold, too.
            if (
                token.type == tokenize.NAME
                and _is_replaced(token.string)
                and f"{token.string}=" not in token.line.replace(" ", "")
            ):
                replaced[f"{path.relative_to(ROOT)}: {token.string}"] += 1
    assert replaced == {}


def _python_files(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts]
