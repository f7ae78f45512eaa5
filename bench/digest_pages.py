"""Take pictures of the digests of four real months as an earlier version and this one show them, side by side, and count words.

    mkdir /tmp/before && git archive <commit> | tar x -C /tmp/before
    python bench/digest_pages.py /tmp/before FOLDER

Each version runs ``hfstats demo`` over the real listings (``tests/data/real_listings.py`` says where they are looked for) in its
own store; the digests are asked for in Chromium, at full size and at a phone's width. FOLDER gets one picture a month and size.
The table counts the words of a message without its buttons and its picture.
"""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from PIL import Image
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from data.real_listings import complete_files  # noqa: E402 - found through the path above
from dead_ends import FLAGS, ask, chromium  # noqa: E402

from bot.blocks.digest import word_count  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from playwright.sync_api import Browser

MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08")
SIZES = {"": (1000, 2400), "-phone": (360, 3600)}
"""Width and height in pixels, by the end of the file name: high enough for the longest message in one piece."""
_READ = """message => {
    const copy = message.querySelector(".blocks").cloneNode(true);
    copy.querySelectorAll("button, a.btn, select, img, .image, figcaption").forEach(other => other.remove());
    return copy.innerText || copy.textContent;
}"""


@click.command()
@click.argument("before", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", default=8299, show_default=True)
def main(before: Path, folder: Path, port: int) -> None:
    """Write the pictures to FOLDER and print the table."""
    expect.set_options(timeout=60_000)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as work, sync_playwright() as playwright:
        files = complete_files(Path(work) / "listings")
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        versions = [
            _digests(browser, version, Path(work) / f"{place}.db", files, port + place)
            for place, version in enumerate((before.resolve(), ROOT))
        ]
        browser.close()
    click.echo("| month | words before | words now |\n| --- | --- | --- |")
    for month in MONTHS:
        click.echo(f"| {month} | {' | '.join(str(words[month]) for words, _ in versions)} |")
        for end in SIZES:
            _side_by_side([pictures[month + end] for _, pictures in versions]).save(folder / f"{month}{end}.png")


def _digests(
    browser: Browser, version: Path, store: Path, files: Sequence[Path], port: int
) -> tuple[Mapping[str, int], Mapping[str, bytes]]:
    """Return the words of each month's digest, and its picture by month and size."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{store}", "PYTHONPATH": str(version)}
    bot = [sys.executable, "-m", "bot"]
    for words in (["db", "upgrade"], ["import", *map(str, files)]):
        subprocess.run([*bot, *words], cwd=version, env=environment, check=True, capture_output=True)
    words: dict[str, int] = {}
    pictures: dict[str, bytes] = {}
    command = [*bot, "demo", "--port", str(port)]
    with subprocess.Popen(command, cwd=version, env=environment, stdout=subprocess.PIPE, text=True) as demo:
        try:
            assert demo.stdout
            if not any("playground: http" in line for line in iter(demo.stdout.readline, "")):
                raise click.ClickException("The playground didn't start.")
            answered = 0
            for end, (width, height) in SIZES.items():
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(f"http://127.0.0.1:{port}")
                for month in MONTHS:
                    message = ask(page, f"/hfstats digest {month}", answered)
                    answered += 1
                    expect(message.locator("img[src]").last).to_be_visible()
                    page.wait_for_load_state("networkidle")
                    pictures[month + end] = message.screenshot(animations="disabled")
                    words[month] = word_count(str(message.evaluate(_READ)))
                page.close()
        finally:
            demo.terminate()
    return words, pictures


def _side_by_side(pictures: Sequence[bytes]) -> Image.Image:
    """Return the pictures beside each other, at their tops."""
    opened = [Image.open(BytesIO(picture)).convert("RGB") for picture in pictures]
    whole = Image.new("RGB", (sum(one.width for one in opened) + 24, max(one.height for one in opened)), "white")
    whole.paste(opened[0], (0, 0))
    whole.paste(opened[1], (opened[0].width + 24, 0))
    return whole


if __name__ == "__main__":
    main()
