"""Generate a synthetic dump of the whole Hub in the format of the community's dumps.

    python bench/dump.py FILE --models 2500000 --day 2026-08-31

Downloads follow Zipf's law, 70 % of the models declare no license, some sixty licenses share the rest, and of a million creators
most have one model and a few have thousands. The same arguments give the same file, and two days of one seed share their models.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from dump_columns import more_columns

GROUP = 100_000
"""Rows of a row group, as large as those of published dumps."""
LICENSES = (
    *(
        "apache-2.0",
        "mit",
        "other",
        "llama3.1",
        "cc-by-nc-4.0",
        "gemma",
        "openrail",
        "creativeml-openrail-m",
        "cc-by-4.0",
        "llama2",
    ),
    *("llama3.2", "llama3", "cc-by-nc-sa-4.0", "llama3.3", "bigscience-bloom-rail-1.0", "gpl-3.0", "afl-3.0", "cc-by-sa-4.0"),
    *("bigscience-openrail-m", "agpl-3.0", "unknown", "bigcode-openrail-m", "cc0-1.0", "bsd-3-clause", "cc", "cc-by-nc-nd-4.0"),
    *(
        "wtfpl",
        "artistic-2.0",
        "unlicense",
        "bsd",
        "gpl",
        "lgpl-3.0",
        "gpl-2.0",
        "cc-by-2.0",
        "cc-by-sa-3.0",
        "apple-amlr",
        "gfdl",
    ),
    *(
        "mpl-2.0",
        "ms-pl",
        "osl-3.0",
        "pddl",
        "cdla-permissive-2.0",
        "bsl-1.0",
        "c-uda",
        "odc-by",
        "ecl-2.0",
        "zlib",
        "isc",
        "ncsa",
    ),
    *("lppl-1.3c", "eupl-1.1", "epl-2.0", "postgresql", "deepfloyd-if-license", "intel-research", "etalab-2.0", "h-research"),
    *("lgpl-lr", "cc-by-3.0", "bsd-2-clause", "apple-ascl", "cdla-sharing-1.0"),
)
TASKS = (
    *(
        "text-generation",
        "text-classification",
        "text-to-image",
        "automatic-speech-recognition",
        "image-classification",
        "fill-mask",
    ),
    *("token-classification", "question-answering", "feature-extraction", "sentence-similarity", "translation", "summarization"),
    *(
        "reinforcement-learning",
        "text-to-speech",
        "image-text-to-text",
        "object-detection",
        "image-segmentation",
        "zero-shot-classification",
    ),
    *("audio-classification", "text-to-audio", "robotics", "time-series-forecasting", "image-to-video", "text-to-video"),
    *(
        "depth-estimation",
        "tabular-classification",
        "image-to-text",
        "image-to-image",
        "unconditional-image-generation",
        "any-to-any",
    ),
)
LIBRARIES = (
    "transformers",
    "diffusers",
    "peft",
    "gguf",
    "sentence-transformers",
    "stable-baselines3",
    "timm",
    "mlx",
    "keras",
    "lerobot",
)
KNOWN = (
    "google-bert",
    "sentence-transformers",
    "openai-community",
    "facebook",
    "meta-llama",
    "Qwen",
    "google",
    "microsoft",
    "openai",
    "BAAI",
)
WAYS = ("finetune", "adapter", "quantized", "merge")


def _zipf(luck: np.random.Generator, many: int, size: int, power: float) -> np.ndarray:
    """Draw so many places out of many, the first ones most often."""
    weights = np.cumsum(np.arange(1, many + 1, dtype=float) ** -power)
    return np.searchsorted(weights / weights[-1], luck.random(size))


def write(
    path: Path, models: int, day: date, *, seed: int = 7, start: int = 0, every_column: bool = False, shuffled: bool = False
) -> None:
    """Write a dump; ``start`` is the first model's number, so that a tail can be added to what there was.

    With ``every_column``, it has those of published dumps that hfstats doesn't read, too: most of the file. If ``shuffled``, the
    models that lead are spread over all row groups, and not in the first.
    """
    writer = None
    ranking = np.random.default_rng(seed).permutation(start + models)
    for number, first in enumerate(range(start, start + models, GROUP)):
        rows = min(GROUP, start + models - first)
        ranks = ranking[first : first + rows] if shuffled else None
        table = _group(first, rows, models, day, np.random.default_rng([seed, number]), ranks=ranks)
        if every_column:
            licenses = [json.loads(card).get("license") for card in table["cardData"].to_pylist()]
            luck = np.random.default_rng([seed, number, 1])
            for name, column in more_columns(table["id"].to_pylist(), licenses, luck).items():
                table = table.drop_columns([name] if name in table.column_names else []).append_column(name, column)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
        writer.write_table(table)
    if writer:
        writer.close()


def _group(
    first: int, rows: int, models: int, day: date, luck: np.random.Generator, *, ranks: np.ndarray | None = None
) -> pa.Table:
    place = np.arange(first, first + rows)
    creators = max(10, models * 2 // 5)
    maker = _zipf(luck, creators, rows, 0.6)
    # A model's rank is its number, shuffled within its group so that the file is in no order.
    rank = (luck.permutation(place) if ranks is None else ranks) + 1
    # Every creator has tides of its own, so that a year of dumps has something to tell.
    growth = np.exp(0.2 * np.sin(day.toordinal() / 60 + maker * 2.399963))
    downloads = (260e6 * growth * rank**-0.95 * luck.lognormal(0, 0.3, rows)).astype(np.int64)
    downloads[luck.random(rows) < 0.35] = 0
    likes = (luck.lognormal(0, 1.6, rows) * (1 + 2e4 / rank)).astype(np.int64) - 1
    likes[likes < 0] = 0
    license_ = _zipf(luck, len(LICENSES), rows, 1.4)
    license_[luck.random(rows) < 0.7] = -1
    task = _zipf(luck, len(TASKS), rows, 1.1)
    task[luck.random(rows) < 0.4] = -1
    library = _zipf(luck, len(LIBRARIES), rows, 1.2)
    library[luck.random(rows) < 0.3] = -1
    way = luck.integers(0, len(WAYS), rows)
    way[luck.random(rows) < 0.55] = -1
    names = [KNOWN[at] if at < len(KNOWN) else f"user-{at:07}" for at in maker]
    ids = [f"{name}/model-{at:07}" for name, at in zip(names, place, strict=True)]
    born = datetime(2022, 3, 2, tzinfo=UTC)
    days = luck.integers(0, max(1, (day - born.date()).days), rows)
    created = [(born + timedelta(days=int(one))).strftime("%Y-%m-%dT%H:%M:%S.000Z") for one in days]
    tags, cards = [], []
    for at in range(rows):
        own = ["safetensors", "region:us"]
        if task[at] >= 0:
            own.append(TASKS[task[at]])
        if library[at] >= 0:
            own.append(LIBRARIES[library[at]])
        if license_[at] >= 0:
            own.append(f"license:{LICENSES[license_[at]]}")
        if way[at] >= 0:
            base = f"Qwen/model-{at % 997:07}"
            own += [f"base_model:{base}", f"base_model:{WAYS[way[at]]}:{base}"]
        tags.append(own)
        cards.append(f'{{"license": "{LICENSES[license_[at]]}"}}' if license_[at] >= 0 else "{}")
    gated = np.array(["false", "auto", "manual"], dtype=object)[np.searchsorted([0.97, 0.99], luck.random(rows))]
    return pa.table(
        {
            "id": ids,
            "createdAt": created,
            "lastModified": created,
            "cardData": cards,
            "tags": pa.array(tags, pa.list_(pa.string())),
            "pipeline_tag": pa.array([TASKS[at] if at >= 0 else None for at in task], pa.string()),
            "library_name": pa.array([LIBRARIES[at] if at >= 0 else None for at in library], pa.string()),
            "downloads": downloads,
            "downloadsAllTime": downloads * 30,
            "likes": likes,
            "trendingScore": (luck.pareto(1.2, rows) * (rank < models / 50)).astype(np.int64),
            "gated": pa.array(gated, pa.string()),
        }
    ).replace_schema_metadata({"simulated": "bench/dump.py"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--models", type=int, default=2_500_000)
    parser.add_argument("--day", type=date.fromisoformat, default=date(2026, 8, 31))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--every-column", action="store_true", help="also those that hfstats doesn't read")
    parser.add_argument("--shuffled", action="store_true", help="spread the leading models over all row groups")
    given = parser.parse_args()
    write(given.file, given.models, given.day, seed=given.seed, every_column=given.every_column, shuffled=given.shuffled)
    print(f"{given.file}: {given.models:,} models, {given.file.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
