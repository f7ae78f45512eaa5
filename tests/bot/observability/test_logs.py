"""What stands in a log line, and what never does; and that the whole suite keeps to it."""

from __future__ import annotations

import io
import json
import logging

import pytest
import sqlalchemy as sa
from leaks import found_in

from analytics.storage import database
from bot.conversation.failures import failure
from bot.observability import logs
from bot.slack.listener_pool import ENTRY_POINT, ListenerPool

# Put together here, so that this file does not hold what it looks for.
BOT_TOKEN = "xox" + "b-1111111111-abcdefABCDEF"
APP_TOKEN = "xap" + "p-1-A0PLAYGROUND-abcdef0123"
HUB_TOKEN = "hf" + "_abcdefghijklmnop"


@pytest.fixture(params=["json", "text"])
def lines(request):
    """A logger in the bot's form; call for the lines that were written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(request.param))
    logger = logging.getLogger("tests.lines")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.DEBUG)
    yield logger, lambda: stream.getvalue().splitlines()
    logger.handlers, logger.propagate = [], True


def test_a_line_tells_time_level_logger_and_the_request():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter("json"))
    request = logs.start_request()
    handler.emit(
        logging.makeLogRecord({"name": "bot.server.web", "levelname": "INFO", "levelno": 20, "msg": "%s of %s", "args": (1, 2)})
    )
    line = json.loads(stream.getvalue())
    assert line["request"] == request
    assert (line["event"], line["level"], line["logger"]) == ("1 of 2", "info", "bot.server.web")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("secret", [BOT_TOKEN, APP_TOKEN, HUB_TOKEN])
def test_no_token_is_written_wherever_it_stands(lines, secret):
    logger, written = lines
    logger.warning("refused: %s", secret)
    logger.warning("refused %s", {"Authorization": f"Bearer {secret}"})
    logger.warning("connecting to postgresql://me:hunter2@db.example/hfstats")
    assert len(written()) == 3
    assert secret not in "".join(written())
    assert "hunter2" not in "".join(written())


def test_what_an_exception_says_is_not_written_but_what_it_was_and_where(lines):
    logger, written = lines
    try:
        try:
            int("what somebody typed")
        except ValueError as error:
            raise RuntimeError(f"no answer to {error}") from error
    except RuntimeError:
        logger.exception("failure")
    [line] = written()
    assert "typed" not in line
    assert "RuntimeError" in line
    assert "ValueError" in line
    assert "test_logs.py" in line


def test_what_the_system_says_is_written(lines):
    logger, written = lines
    try:
        open("/nowhere/at/all", encoding="utf-8")  # noqa: SIM115, PTH123 - it cannot be opened
    except OSError:
        logger.exception("failure")
    assert "No such file or directory" in written()[0]


def test_nobody_can_make_two_lines_of_one(lines):
    logger, written = lines
    logger.warning("%s", 'x\n{"event": "forged"}\r\u2028y')
    assert len(written()) == 1


def test_libraries_that_log_bodies_stay_quiet_at_every_level():
    for name in ("slack_bolt.App", "slack_sdk.web.base_client", "sqlalchemy.engine.Engine"):
        assert not logs.is_loggable(logging.makeLogRecord({"name": name, "levelno": logging.INFO})), name
    assert logs.is_loggable(logging.makeLogRecord({"name": "bot.server.web", "levelno": logging.DEBUG}))


def test_the_reference_that_a_user_sees_is_the_request_in_the_log(caplog):
    request = logs.start_request()
    notice = failure(ZeroDivisionError())
    assert notice.reference == request
    assert request in notice.text
    assert request in caplog.text


def test_work_in_another_thread_belongs_to_the_same_request():
    seen = []
    finished = []
    with ListenerPool(2, lambda entry_point, seconds: finished.append((entry_point, seconds >= 0))) as threads:
        for entry_point in ("command", "action"):
            request = logs.start_request()
            ENTRY_POINT.set(entry_point)
            threads.submit(lambda: seen.append((logs.REQUEST.get(), ENTRY_POINT.get()))).result()
            assert seen[-1] == (request, entry_point)
    assert finished == [("command", True), ("action", True)]
    assert threads.depth == 0


def test_a_statement_that_fails_does_not_show_its_values(tmp_path):
    engine = database.engine(f"sqlite:///{tmp_path / 'x.db'}")
    statement = sa.text("SELECT * FROM nothing WHERE x = :typed")
    with pytest.raises(sa.exc.OperationalError) as caught, engine.connect() as connection:
        connection.execute(statement, {"typed": "what somebody typed"})
    assert "what somebody typed" not in str(caught.value)


def test_the_search_for_leaks_finds_one():
    assert found_in("all is well", ["canary"]) == []
    assert found_in(f"token {BOT_TOKEN}", []) == ["a token of Slack's"]
    assert found_in("secret " + "0123456789abcdef" * 2, []) == ["a signing secret"]
    assert found_in(f"token {HUB_TOKEN}", []) == ["a token of the Hub's"]
    assert found_in("somebody typed canary 7", ["canary 7"]) == ["'canary 7'"]
