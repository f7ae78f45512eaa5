"""Dumps of the whole Hub, small and by chance."""

from __future__ import annotations

import json
import random

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.domain import Model

MADE = (
    ("base_model:Qwen/Qwen3-8B", "base_model:quantized:Qwen/Qwen3-8B"),
    ("base_model:a/b",),
    ("base_model:merge:a/b", "base_model:adapter:a/b"),
)


def some_models(many, seed=3, creators=9):
    luck = random.Random(seed)
    found = []
    for place in range(many):
        licenses = tuple(luck.sample(["mit", "apache-2.0", "other", "gemma"], luck.choice([0, 0, 1, 1, 2])))
        tags = ["region:us", *(f"license:{one}" for one in licenses), *luck.choice([(), (), *MADE])]
        luck.shuffle(tags)
        owner = f"org-{luck.randrange(creators)}/" if place % 7 else ""
        found.append(
            Model(
                f"{owner}model-{place}",
                luck.choice([0, luck.randrange(10**6)]),
                luck.choice([None, luck.randrange(500)]),
                tuple(tag[8:] for tag in tags if tag.startswith("license:")),
                luck.choice(["", "text-generation", "fill-mask"]),
                luck.choice(["", "transformers", "gguf"]),
                luck.choice([None, float(luck.randrange(90))]),
                "2024-01-01T00:00:00.000Z",
                luck.choice(["false", "auto", "manual", None]),
                tuple(tags),
                None,
                luck.randrange(10**7),
            )
        )
    return found


def table(models):
    return pa.table(
        {
            "id": [m.id for m in models],
            "createdAt": [m.created for m in models],
            "cardData": [json.dumps({"license": list(m.licenses)}) for m in models],
            "tags": pa.array([list(m.tags) for m in models], pa.list_(pa.string())),
            "pipeline_tag": pa.array([m.task or None for m in models], pa.string()),
            "library_name": pa.array([m.library or None for m in models], pa.string()),
            "downloads": [m.downloads for m in models],
            "downloadsAllTime": [m.downloads_all_time for m in models],
            "likes": pa.array([m.likes for m in models], pa.int64()),
            "trendingScore": pa.array([m.trending for m in models], pa.float64()),
            "gated": pa.array([m.gated for m in models], pa.string()),
        }
    )


def written(path, content, **options):
    pq.write_table(content, path, **options)
    return path
