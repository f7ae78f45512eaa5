"""The root of the ``hfstats`` command line, and its error reporting.

To keep start-up fast, command modules import at the top only what declares a command. Each command imports the rest when it runs.
"""

from __future__ import annotations

import click

from analytics.errors import HfStatsError, QueryError
from analytics.formatting.visible import visible
from bot.cli import operations, processes, questions, setup, snapshots
from bot.cli.report import command as report_command

USAGE = 2
"""Exit code for invalid input, the same as Click's."""


class _ErrorReporting(click.Group):
    """Prints every error as one sentence on standard error, and sets the exit code."""

    def invoke(self, ctx: click.Context) -> object:
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
            from bot.cli.failures import report

            click.echo(visible(f"hfstats: {report(f'hfstats {ctx.invoked_subcommand}', error)}"), err=True)
            ctx.exit(1)


@click.group(cls=_ErrorReporting, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="hfstats")
def main() -> None:
    """Follow open models on Hugging Face: licenses, creators and tasks, ranked by downloads, with a chart for each answer."""


for _commands in (questions, report_command, snapshots, setup, processes, operations):
    for _command in _commands.COMMANDS:
        main.add_command(_command)


if __name__ == "__main__":
    main()
