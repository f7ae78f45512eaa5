"""``python -m bot``, and what the ``hfstats`` command calls.

An analytics process imports this module anew when it starts, for that is how Python starts one. So it imports nothing until
it is called: what the command line needs would cost an analytics process 30 MB.
"""


def main() -> None:
    """Run the command line."""
    from bot.cli.main import main as command_line  # noqa: PLC0415 - see above

    command_line()


if __name__ == "__main__":
    main()
