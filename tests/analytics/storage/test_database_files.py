"""Who may read a SQLite database: its owner alone, whatever the umask; and a file that is taken away is noticed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from analytics.errors import StoreError
from analytics.storage import database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WRITE = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[2], 8))
from analytics.storage import database
file = Path(sys.argv[1])
engine = database.engine(sys.argv[3] + str(file) + sys.argv[4])
database.upgrade(engine)
with engine.connect():
    for one in (file.parent.parent, file.parent, *sorted(file.parent.iterdir())):
        print(one.name, oct(one.stat().st_mode & 0o777))
"""


def modes(folder: Path) -> dict[str, int]:
    return {one.name: one.stat().st_mode & 0o777 for one in folder.iterdir()}


@pytest.mark.parametrize("umask", ["000", "022", "077", "277", "777"])
@pytest.mark.parametrize(("begin", "end"), [("sqlite:///", ""), ("sqlite:///file:", "?uri=true")], ids=["path", "uri"])
def test_only_the_owner_may_read_what_is_made(tmp_path: Path, umask: str, begin: str, end: str) -> None:
    file = tmp_path / "made" / "below" / "x.db"
    command = [sys.executable, "-c", WRITE, str(file), umask, begin, end]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["made 0o700", "below 0o700", "x.db 0o600", "x.db-shm 0o600", "x.db-wal 0o600"]


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    database.upgrade(database.engine(f"sqlite:///{tmp_path / 'x.db'}"))
    assert tmp_path.stat().st_mode & 0o777 == 0o755


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Path]:
    """A database in use, with its journal and shared memory, that everybody may read as before."""
    file = tmp_path / "x.db"
    engine = database.engine(f"sqlite:///{file}")
    database.upgrade(engine)
    with engine.connect():
        for one in tmp_path.iterdir():
            one.chmod(0o664)
        yield file
    engine.dispose()


def test_files_that_others_may_read_are_closed_to_them_when_opened(opened: Path) -> None:
    assert set(modes(opened.parent).values()) == {0o664}
    engine = database.engine(f"sqlite:///{opened}")
    database.check_current(engine)
    engine.dispose()
    assert modes(opened.parent) == dict.fromkeys(("x.db", "x.db-wal", "x.db-shm"), 0o600)


def test_a_file_that_may_only_be_read_is_not_made_writable(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    engine = database.engine(f"sqlite:///{file}")
    database.upgrade(engine)
    engine.dispose()
    file.chmod(0o444)
    with engine.connect():
        assert modes(tmp_path)["x.db"] == 0o400
    engine.dispose()


def test_a_file_that_was_removed_is_noticed_and_one_in_its_place_is_used(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "x.db", tmp_path / "elsewhere.db"
    engine = database.engine(f"sqlite:///{file}")
    database.upgrade(engine)
    engine.dispose()
    database.check_current(engine)  # a connection stays open
    file.rename(elsewhere)
    with pytest.raises(StoreError, match="has no tables"):
        database.check_current(engine)
    for one in tmp_path.glob("x.db*"):
        one.unlink()
    shutil.copy(elsewhere, file)
    database.check_current(engine)
    assert modes(tmp_path)["x.db"] == 0o600
    engine.dispose()
