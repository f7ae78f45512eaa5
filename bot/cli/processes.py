"""The commands that run until they are stopped: ``serve``, ``worker`` and ``demo``."""

from __future__ import annotations

import sys

import click

from bot.cli.store import open_store


@click.command()
def serve() -> None:
    """Run the bot over Socket Mode or HTTP. Uses Socket Mode with SLACK_APP_TOKEN; with SQLite, also runs a worker."""
    from bot.observability import logs
    from bot.processes import serve
    from bot.settings import Settings

    settings = Settings.read()
    logs.configure(settings.hfstats_log_level, settings.hfstats_log_format)
    serve.serve(settings)


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="Exit when standard input closes.")
@click.option("--beats", type=int, hidden=True, help="The file descriptor of a pipe to write heartbeats to.")
@click.option(
    "--check", is_flag=True, help="Only check: exit with 0 if a worker on this host sent a heartbeat in the last minute."
)
def worker(*, with_parent: bool, beats: int | None, check: bool) -> None:
    """Run scheduled jobs: daily snapshots, digests and alerts. With PostgreSQL, you can run any number of workers."""
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
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="PORT", help="The playground's port."
)
@click.option("--simulated", is_flag=True, help="Use simulated data instead of the Hub.")
def demo(port: int, *, simulated: bool) -> None:
    """Run the bot in a local stand-in for Slack."""
    import logging

    from bot.processes import demo
    from bot.settings import Settings

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    demo.run(Settings.read(), port, simulated=simulated, say=click.echo)


COMMANDS = (serve, worker, demo)
