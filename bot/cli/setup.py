"""The commands that prepare a deployment: ``db``, ``keys`` and ``manifest``."""

from __future__ import annotations

import click

from analytics.errors import HfStatsError
from bot.cli.store import open_store


@click.group()
def db() -> None:
    """Manage the database."""


@db.command()
def upgrade() -> None:
    """Upgrade the database's tables. Safe to run again."""
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
    """Manage the keys that encrypt workspace tokens."""


@keys.command()
def new() -> None:
    """Print a new key for HFSTATS_KEYS."""
    from cryptography.fernet import Fernet

    click.echo(Fernet.generate_key().decode())


@keys.command()
def rotate() -> None:
    """Re-encrypt every stored token with the first key in HFSTATS_KEYS, so that you can remove the others."""
    from bot import composition
    from bot.settings import Settings

    settings = Settings.read()
    installations = composition.installations(settings, open_store(settings.database))
    if installations is None:
        raise HfStatsError("SLACK_CLIENT_ID is not set. This deployment serves one workspace and stores no tokens.")
    count = installations.reencrypt()
    click.echo(f"Re-encrypted {count} {'row' if count == 1 else 'rows'} with the first key. You can remove the other keys.")


@click.command()
@click.option("--url", help="The public URL of hfstats serve, https://… Default: a manifest for Socket Mode.")
def manifest(url: str | None) -> None:
    """Print the manifest to create the Slack app from."""
    import json

    from bot.slack.installation.manifest import manifest as fill_in

    if url is not None and not url.startswith("https://"):
        raise HfStatsError(f"Slack doesn't accept “{url}”. Use a URL like https://hfstats.example.com")
    click.echo(json.dumps(fill_in(url), indent=2, ensure_ascii=False))


COMMANDS = (db, keys, manifest)
