"""The commands that start a process and run until it is stopped: ``serve``, ``worker`` and ``demo``."""

from __future__ import annotations

import sys

import click

from bot.cli.store import open_store


@click.command()
def serve() -> None:
    """Answer Slack: over Socket Mode with SLACK_APP_TOKEN, else over HTTP with SLACK_SIGNING_SECRET; on SQLite with a worker."""
    from bot.observability import logs
    from bot.processes import serve
    from bot.settings import Settings

    settings = Settings.read()
    logs.configure(settings.hfstats_log_level, settings.hfstats_log_format)
    serve.serve(settings)


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input does.")
@click.option("--beats", type=int, hidden=True, help="The descriptor of a pipe that takes a byte as long as it works.")
@click.option("--check", is_flag=True, help="Start none; exit with 0 if one on this host sent a heartbeat in the last minute.")
def worker(*, with_parent: bool, beats: int | None, check: bool) -> None:
    """Run what runs by the clock: a snapshot a day, digests and alerts; any number of them on PostgreSQL."""
    from bot.observability import logs
    from bot.processes import worker
    from bot.settings import Settings

    settings = Settings.read()
    if check:
        click.echo(worker.check(open_store(settings.database)))
        return
    logs.configure(settings.hfstats_log_level, settings.hfstats_log_format)
    if with_parent:
        worker.end_with_parent(sys.stdin.fileno())
    worker.work(settings, *([worker.heartbeat_writer(beats)] if beats is not None else []))


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="PORT", help="Where the playground listens."
)
@click.option("--simulated", is_flag=True, help="Do not try the Hub; use the simulated history.")
def demo(port: int, *, simulated: bool) -> None:
    """Serve the playground: a stand-in for Slack on this machine, with the bot in it."""
    import logging

    from bot.processes import demo
    from bot.settings import Settings

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    demo.run(Settings.read(), port, simulated=simulated, say=click.echo)


COMMANDS = (serve, worker, demo)
