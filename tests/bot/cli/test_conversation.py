"""``hfstats ask`` understands the words of the Slack command."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from bot.cli.main import main


def ask(url, *words):
    return CliRunner().invoke(main, ["ask", *words], env={"DATABASE_URL": url})


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("help", "Type hfstats ask and any of these"),
        ("help watch", "watch creator google rank below 2"),
        ("help since", "licenses since 2026-01"),
        ("digest now", "Digest for August 2026"),
        ("digest 2026-07", "Digest for July 2026"),
        ("digest 2026-W30", "Digest for the week of July 20, 2026"),
        ("status", "Top list: 33 snapshots"),
        ("licenses quiet", "300 models of the top list"),
        ("what is Meta's share", "300 models of the top list"),
        ("https://huggingface.co/google", "300 models of the top list"),
    ],
)
def test_words_do_what_they_say(simulated, line, shown):
    for words in ([line], line.split()):
        result = ask(simulated, *words)
        assert result.exit_code == 0, result.stderr
        assert shown in result.stdout


@pytest.mark.parametrize(
    ("line", "sentence", "offered"),
    [
        (
            "subscribe weekly friday",
            "“subscribe” works in Slack only: type /hfstats subscribe weekly friday in a channel.",
            "help subscribe",
        ),
        ("watch creator meta below 10%", "“watch” works in Slack only", "help watch"),
        ("predict", "“predict” works in Slack only", "help predict"),
        ("bets", "“bets” works in Slack only", "help bets"),
        ("watch meta", "An alert needs a threshold", "help watch"),
        ("asdf", "I don't know “asdf”", "licenses | creators | help"),
        ("is open source winning?", "I'm not sure what you're asking", "licenses | creators | help"),
        ("licenses csv", "hfstats ask licenses --csv licenses.csv", "help licenses"),
        ("help foo", "There's no help topic “foo”", "help"),
        ("licenzes", "I don't know what “licenzes” means", "licenses"),
        ("in trendy", "hub (every public model", "licenses in trending"),
    ],
)
def test_words_that_are_not_understood_exit_with_2(simulated, line, sentence, offered):
    result = ask(simulated, *line.split())
    assert result.exit_code == 2
    assert result.stdout == ""
    assert sentence in result.stderr
    assert offered in result.stderr


FILES = ("--csv", "--png", "--parquet")
TAKES = {"digest": ("--json", "--csv", "--png"), "licenses": ("--json", *FILES)}


@pytest.mark.parametrize("line", ["status", "digest", "digest 2026-07", "help", "help watch", "thanks", "licenses"])
@pytest.mark.parametrize("option", ["--json", *FILES])
def test_an_option_is_used_or_refused(simulated, tmp_path, line, option):
    file = tmp_path / "file"
    result = ask(simulated, *line.split(), option, *([str(file)] if option in FILES else []))
    if option in TAKES.get(line.split()[0], ()):
        assert result.exit_code == 0, result.stderr
        assert file.exists() if option in FILES else result.stdout.startswith("{")
        return
    word = "help" if line == "thanks" else line.split()[0]
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"hfstats: “{word}” doesn't take {option}")
    assert not file.exists()


def test_all_options_that_a_command_does_not_take_are_named(simulated, tmp_path):
    result = ask(simulated, "status", "--json", "--csv", str(tmp_path / "a"), "--parquet", str(tmp_path / "b"))
    assert result.stderr == "hfstats: “status” doesn't take --json, --csv or --parquet.\n"
    result = ask(simulated, "digest", "--parquet", str(tmp_path / "a"))
    assert result.stderr == "hfstats: “digest” doesn't take --parquet; it takes --json, --csv and --png.\n"
