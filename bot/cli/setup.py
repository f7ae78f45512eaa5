"""The commands that prepare a deployment: ``db``, ``keys`` and ``manifest``."""

from __future__ import annotations

import click

from analytics.errors import HfStatsError
from bot.cli.store import open_store


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database's tables up to date; safe to run again."""
    from analytics.storage import database
    from bot import database_setup
    from bot.locations import database_url
    from bot.storage.migration_state import TABLES

    engine = database.engine(database_url())
    for migrations in (database.SNAPSHOTS, TABLES):
        before, after = database.upgrade(engine, migrations)
        done = "are up to date, at" if before == after else "were upgraded to"
        click.echo(f"The tables for {migrations.whose} {done} version {after}.")
    database_setup.upgrade(engine)


@click.group()
def keys() -> None:
    """Look after the keys that encrypt the tokens of workspaces."""


@keys.command()
def new() -> None:
    """Print a new key for HFSTATS_KEYS."""
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key().decode())


@keys.command()
def rotate() -> None:
    """Encrypt every stored token anew with the first key of HFSTATS_KEYS; the others can go then."""
    from bot import composition
    from bot.settings import Settings

    settings = Settings.read()
    installations = composition.installations(settings, open_store(settings.database))
    if installations is None:
        raise HfStatsError("SLACK_CLIENT_ID is not set: this hfstats serves one workspace and keeps no tokens.")
    many = installations.reencrypt()
    click.echo(f"Encrypted {many} {'row' if many == 1 else 'rows'} with the first key; the other keys can be taken out.")


@click.command()
@click.option("--url", help="The public address of hfstats serve, https://…; without it, for Socket Mode.")
def manifest(url: str | None) -> None:
    """Print the manifest to make the Slack app from."""
    import json

    from bot.slack.installation.manifest import manifest as fill_in

    if url is not None and not url.startswith("https://"):
        raise HfStatsError(f"“{url}” is no address that Slack takes; write it as https://your-host")
    click.echo(json.dumps(fill_in(url), indent=2, ensure_ascii=False))


COMMANDS = (db, keys, manifest)
