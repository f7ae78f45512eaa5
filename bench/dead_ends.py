"""Take a picture of what the playground answers where a request can't be answered as it was typed.

``python bench/dead_ends.py FOLDER`` starts ``hfstats demo --simulated``, types each request of ``REQUESTS`` in Chromium and
writes the pictures to the folder.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
from playwright.sync_api import Locator, Page, expect, sync_playwright

REQUESTS = {
    "asdf": "/hfstats asdf",
    "open-question": "/hfstats is open source winning?",
    "mention": "@hfstats who is winning?",
    "misspelled-name": "/hfstats creator metta",
    "misspelled-word": "/hfstats licenses by downlaods",
    "other-word-order": "/hfstats top 5 licenses",
    "address": "/hfstats model https://example.com/google-bert/bert-base-uncased",
    "csv": "/hfstats licenses csv",
    "list": "/hfstats licenses in hubb",
    "future": "/hfstats licenses since 2030",
    "past": "/hfstats licenses at 2019-01",
    "help-watch": "/hfstats help watch",
    "help-since": "/hfstats help since",
    "help-foo": "/hfstats help foo",
    "schedule": "/hfstats subscribe every day at 9:00",
    "watch-without-line": "/hfstats watch creator meta",
    "watch-already-met": "/hfstats watch creator meta under 50%",
    "watches": "/hfstats watches",
    "watch-gone": "/hfstats unwatch 99",
    "bet-in-the-past": "/hfstats predict creators by downloads by 2020-01",
}
"""What is typed, by the picture's file name."""
SIZES = {"": (1000, 900), "-phone": (360, 740)}
"""Width and height in pixels, by the end of the file name."""
ON_PHONE = ("asdf", "help-watch", "watch-already-met")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def ask(page: Page, words: str, before: int) -> Locator:
    """Type a request, wait until it is answered, and return the answer; ``before`` is the number of answers until now."""
    answers = page.locator(".message", has=page.locator(".app"))
    expect(answers).to_have_count(before)  # a new page shows them a moment later
    box = page.locator("#composer")
    box.fill(words)
    box.press("Escape")
    box.press("Enter")
    expect(answers).to_have_count(before + 1)
    expect(page.locator("#working")).to_be_hidden()
    expect(answers.last).not_to_contain_text(re.compile("Working on"))
    return answers.last


def chromium() -> str:
    """Return the path of Chromium."""
    path = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if path is None:
        raise click.ClickException("There's no Chromium on the path; install it first.")
    return path


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", default=8199, show_default=True)
def main(folder: Path, port: int) -> None:
    """Write a picture of each answer to FOLDER."""
    expect.set_options(timeout=60_000)
    executable = chromium()
    folder.mkdir(parents=True, exist_ok=True)
    command = [Path(sys.executable).with_name("hfstats"), "demo", "--simulated", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout
            if "playground: http" not in demo.stdout.readline():
                raise click.ClickException("The playground didn't start.")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
                answered = 0
                for end, (width, height) in SIZES.items():
                    page = browser.new_page(viewport={"width": width, "height": height})
                    page.goto(f"http://127.0.0.1:{port}")
                    for name, words in REQUESTS.items():
                        if end and name not in ON_PHONE:
                            continue
                        ask(page, words, answered).screenshot(path=folder / f"{name}{end}.png", animations="disabled")
                        answered += 1
                        click.echo(f"{name}{end}")
                browser.close()
        finally:
            demo.terminate()


if __name__ == "__main__":
    main()
