"""The commands that inspect a deployment: ``status``, ``deliveries`` and ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli.store import open_store

if TYPE_CHECKING:
    from bot.storage.messages.outbox import OutboxStore


@click.command()
def status() -> None:
    """Show the state of data, subscriptions, deliveries and workers."""
    from datetime import UTC, datetime

    from bot import composition
    from bot.processes import status
    from bot.settings import Settings

    settings = Settings.read()
    database = open_store(settings.database)
    context, progress = composition.delivery_context(settings, database), composition.history_progress(settings, database)
    for name, text in status.lines(context, database, datetime.now(UTC), progress):
        click.echo(f"{name}: {text}")


def _outbox() -> OutboxStore:
    from bot.locations import database_url
    from bot.storage.messages.outbox import OutboxStore

    return OutboxStore(open_store(database_url()))


@click.group(invoke_without_command=True)
@click.option("--failed", is_flag=True, help="Show only deliveries that failed or may not have arrived.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many to show, latest first.")
@click.pass_context
def deliveries(ctx: click.Context, *, failed: bool, limit: int) -> None:
    """List deliveries, and why some failed."""
    from bot.processes import status

    if ctx.invoked_subcommand is None:
        for line in status.deliveries(_outbox(), failed=failed, limit=limit):
            click.echo(line)


@deliveries.command()
@click.argument("ids", nargs=-1, type=int, metavar="[ID]…")
@click.option("--all", "all_failed", is_flag=True, help="Retry all failed deliveries, but not unsure ones.")
def retry(ids: tuple[int, ...], *, all_failed: bool) -> None:
    """Retry failed or unsure deliveries. An unsure delivery may then arrive twice."""
    from bot.processes import status

    for line in status.retry(_outbox(), ids, all_failed=all_failed):
        click.echo(line)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Check the setup and explain how to fix problems. Covers tokens, scopes, database, Hub, public URL and clock."""
    import json
    from dataclasses import asdict

    from bot.processes.doctor import State, examine
    from bot.settings import Settings

    findings = examine(Settings.read())
    signs = {State.GOOD: "✓", State.BAD: "✗", State.UNUSED: "–"}  # noqa: RUF001 - a dash as a sign
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    for finding in () if as_json else findings:
        click.echo(f"{signs[finding.state]} {finding.name}: {finding.message}")
        if finding.fix:
            click.echo(f"    {finding.fix}")
    ctx.exit(int(any(finding.state is State.BAD for finding in findings)))


COMMANDS = (status, deliveries, doctor)
