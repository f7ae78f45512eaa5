"""``hfstats report`` in a shell: its files, and one sentence on standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from PIL import Image

from analytics.export.report_json import check_report
from bot.cli.main import main
from bot.cli.report.files import write_file

LATER = {"jinja2", "fpdf", "fontTools", "matplotlib", "PIL", "pandas", "numpy", "pydantic"}
SCRIPT = """
import sys
from bot.cli.main import main
main(standalone_mode=False)
print("modules:", *{name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture
def run(simulated):
    def run(*words):
        return CliRunner().invoke(main, ["report", *map(str, words)], env={"DATABASE_URL": simulated})

    return run


def modules_after(url, *words):
    environment = {**os.environ, "DATABASE_URL": url}
    result = subprocess.run([sys.executable, "-c", SCRIPT, *words], env=environment, capture_output=True, text=True, check=True)
    return set(result.stdout.splitlines()[-1].removeprefix("modules:").split())


def test_it_prints_the_article(run):
    result = run()
    assert result.exit_code == 0, result.output
    for heading in ("1. Licenses", "2. License families", "3. Creators", "5. Tasks", "6. Likes", "7. Trending", "Conclusions"):
        assert heading in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 140


def test_it_writes_several_forms_at_once(run, tmp_path):
    page, folder, pdf = tmp_path / "report.html", tmp_path / "new" / "folder", tmp_path / "report.pdf"
    result = run("--then-and-now", "--html", page, "--markdown", folder, "--pdf", pdf, "--json")
    assert result.exit_code == 0, result.output
    check_report(json.loads(result.stdout))
    assert "Then and now" in page.read_text(encoding="utf-8")
    assert pdf.read_bytes().startswith(b"%PDF-")
    text = (folder / "report.md").read_text(encoding="utf-8")
    pictures = sorted(path.name for path in folder.glob("*.png"))
    assert len(pictures) == 7
    for name in pictures:
        assert f"]({name})" in text
        Image.open(folder / name).verify()
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "new", "report.pdf"}


def test_files_are_replaced_and_others_stay(run, tmp_path):
    (tmp_path / "report.md").write_text("old", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert run("--markdown", tmp_path).exit_code == 0
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("# Open models in ")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_failed_write_leaves_the_earlier_file(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_file(path, b"new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--month", "2001-01"], 1, "There's no snapshot from January 2001."),
        (["--month", "2999-01"], 1, "January 2999 is in the future;"),
        (["--month", "2026-W30"], 2, "“2026-W30” isn't a month. Write a month like 2026-07."),
        (["--month", "soon"], 2, "“soon” isn't a month. Write a month like 2026-07."),
        (["--list", "hub"], 1, "The “hub” list has no snapshots yet."),
        (["--html", "/proc/none/report.html"], 1, "Can't write /proc/none/report.html:"),
        (["--markdown", "/proc/none"], 1, "Can't write /proc/none:"),
    ],
)
def test_what_it_cannot_do_is_one_sentence(run, words, code, sentence):
    result = run(*words)
    assert result.exit_code == code
    assert result.stderr.startswith(f"hfstats: {sentence}")
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_month_without_a_report_suggests_the_nearest(run):
    assert "Try: hfstats report --month 20" in run("--month", "2001-01").stderr


def test_the_schema_of_reports_is_printed():
    result = CliRunner().invoke(main, ["schema", "report"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["title"] == "Report of a month"


def test_libraries_load_only_for_the_forms_that_need_them(simulated):
    assert modules_after(simulated, "report", "--help") & (LATER | {"sqlalchemy"}) == set()
    assert modules_after(simulated, "report") & (LATER - {"numpy"}) == set()  # which correlates likes with downloads
