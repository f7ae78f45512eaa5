"""How a command ends that failed: with a sentence and an exit code, and, if nobody foresaw it, a log line and a notice."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime

import click

from analytics.errors import HfStatsError, QueryError
from analytics.formatting.visible import visible
from bot import composition
from bot.observability import logs
from bot.outbox.operator_notice import plan_notice
from bot.settings import Settings
from bot.storage.messages.outbox import OutboxStore

_log = logging.getLogger(__name__)


USAGE = 2
"""Exit code for words that are not understood, as Click's own."""


class SentenceGroup(click.Group):
    """A group of commands each of which ends an error in one sentence on standard error and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except HfStatsError as error:
            click.echo(visible(f"hfstats: {error}"), err=True)
            if error.suggestions:
                click.echo(visible(f"Try: {' | '.join(error.suggestions)}"), err=True)
            ctx.exit(USAGE if isinstance(error, QueryError) else 1)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # Click's own ways to end
        except Exception as error:  # noqa: BLE001 - logged with its trace under the reference in the sentence
            click.echo(visible(f"hfstats: {report(f'hfstats {ctx.invoked_subcommand}', error)}"), err=True)
            ctx.exit(1)


def report(command: str, error: Exception) -> str:
    """Log the failure, tell the operator, and return the sentence to end with; ``command`` is ``hfstats snapshot``, say."""
    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter("text"))
    if not logging.getLogger().handlers:  # most commands write no log
        logging.getLogger().addHandler(handler)
    logs.begin()
    try:
        text = logs.failure(_log, command, error)
    finally:
        logging.getLogger().removeHandler(handler)
    with suppress(Exception):  # the settings or the database may be what is broken; the log and the terminal have it anyway
        settings = Settings.read()
        if settings.hfstats_operator_channel:
            database = composition.store(settings)
            plan_notice(OutboxStore(database), settings.hfstats_operator_channel, text, datetime.now(UTC))
            database.dispose()
    return text
