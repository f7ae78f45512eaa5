"""The rooms of the code: how many modules a package has, how long one may be, how deep packages go, which words name nothing.

import-linter holds the direction of imports and that there are no circles; see pyproject.toml.
"""

import io
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
        "clerk",
        "Clerk",
        "wish",
        "Wish",
        "office",
        "Office",
        "errand",
        "chore",
        "chores",
        "seat",
        "Seat",
        "courier",
        "Courier",
        "Ladder",
        "desk",
        "Desk",
        "house",
        "House",
        "Carrying",
        "OnceRunner",
        "allowance",
        "Allowance",
        "catalog",
        "Catalog",
        "Recent",
        "Kept",
        "Remembered",
        "Analyst",
        "Ledger",
        "ledger",
        "Editions",
        "editions",
        "Unfinished",
        "unfinished",
        "Plainly",
        "FencedClient",
        "Lanes",
        "Doubt",
        "Visit",
        "Tally",
        "fold",
        "onename",
        "judged",
        "stores",
    ]
)
"""Words that say nothing to a reader who knows Slack apps, queues and statistics."""


@pytest.mark.parametrize("package", sorted({path.parent for path in MODULES}), ids=lambda one: str(one.relative_to(ROOT)))
def test_a_package_has_few_modules_says_what_lives_in_it_and_is_not_deep(package):
    assert sum(path.parent == package for path in MODULES) <= MOST_MODULES
    assert len(package.relative_to(ROOT).parts) < MOST_LEVELS
    said = (package / "__init__.py").read_text(encoding="utf-8")
    assert said.startswith('"""')
    assert "\n\n" in said, "the second paragraph says what doesn't live here, and which packages it may import"


def test_a_module_fits_in_one_look():
    lines = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in MODULES}
    assert {name: many for name, many in lines.items() if many > MOST_LINES} == {}


def test_tests_are_in_the_folder_of_their_subject():
    tests = [path.relative_to(ROOT / "tests") for path in (ROOT / "tests").rglob("*.py") if "node_modules" not in path.parts]
    folders = {path.parent for path in tests if path.parts[0] in PACKAGES}
    assert [folder for folder in sorted(folders) if not (ROOT / folder).is_dir()] == []
    assert [folder for folder, many in Counter(path.parent for path in tests).items() if many > MOST_MODULES] == []
    names = Counter(path.stem for path in tests if path.stem != "conftest")
    assert [name for name, many in names.items() if many > 1] == [], "pytest imports them by their names alone"


def test_no_module_is_named_after_nothing():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler"}
    assert [path for path in MODULES if path.stem in vague | REPLACED] == []


def test_no_identifier_is_a_word_that_was_replaced():
    everywhere = [*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    found = Counter()
    for path in everywhere:
        if "node_modules" in path.parts:
            continue
        for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
            # The PEP 495 argument of datetime is called fold, too.
            if token.type == tokenize.NAME and token.string in REPLACED and f"{token.string}=" not in token.line.replace(" ", ""):
                found[f"{path.relative_to(ROOT)}: {token.string}"] += 1
    assert found == {}
