"""The columns of the community's dumps that hfstats doesn't read of every model, with text of realistic length and variety."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa

_WORDS = ("model", "token", "layer", "hidden", "size", "attention", "heads", "vocab", "rope", "scaling", "norm", "dropout")


def _hex(luck: np.random.Generator, rows: int, digits: int) -> pa.Array:
    data = luck.bytes(rows * digits // 2).hex().encode()
    offsets = np.arange(0, (rows + 1) * digits, digits, dtype=np.int32)
    return pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(data))


def _texts(luck: np.random.Generator, many: int, words: int) -> pa.Array:
    texts = []
    for _ in range(many):
        chosen = luck.integers(0, len(_WORDS), words)
        numbers = luck.integers(0, 99_999, words)
        texts.append(
            json.dumps({f"{_WORDS[word]}_{number % 40}": int(number) for word, number in zip(chosen, numbers, strict=True)})
        )
    return pa.array(texts)


def _drawn(luck: np.random.Generator, pool: pa.Array, rows: int, part: float) -> pa.Array:
    """Draw texts of a pool for a part of the rows; the others have none."""
    places = luck.integers(0, len(pool), rows)
    return pool.take(pa.array(places, mask=luck.random(rows) >= part))


def _lists(luck: np.random.Generator, pool: pa.Array, rows: int, most: int) -> pa.Array:
    lengths = luck.integers(1, most, rows)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pool.take(pa.array(luck.integers(0, len(pool), offsets[-1]))))


def more_columns(ids: list[str], licenses: list[str | None], luck: np.random.Generator) -> dict[str, pa.Array]:
    """Return twenty columns beside the twelve that :mod:`dump` makes, and the models' cards; some cells are odd."""
    rows = len(ids)
    files = pa.array(
        [f"checkpoint-{step}/model-{part:05}-of-00009.safetensors" for step in range(0, 30_000, 500) for part in range(9)]
        + [f"runs/events.out.tfevents.{number}.host" for number in range(1_680_000_000, 1_680_900_000, 450)]
        + ["README.md", ".gitattributes", "config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt"] * 400
    )
    configs, widgets, descriptions = (_texts(luck, many, words) for many, words in ((20_000, 14), (4_000, 8), (30_000, 9)))
    sizes = luck.integers(10**6, 10**11, rows)
    some = luck.random(rows) < 0.5
    about = _drawn(luck, descriptions, rows, 1.0).to_pylist()
    cards = [
        json.dumps({"license": name, "language": ["en"], "datasets": [text[:60]], "metrics": text})
        if name
        else text
        if at % 3
        else "no {json"
        if at % 60 == 0
        else None
        for at, (name, text) in enumerate(zip(licenses, about, strict=True))
    ]
    return {
        "cardData": pa.array(cards, pa.string()),
        "_id": _hex(luck, rows, 24),
        "author": pa.array([name.partition("/")[0] for name in ids]),
        "sha": _hex(luck, rows, 40),
        "modelId": pa.array(ids),
        "config": _drawn(luck, configs, rows, 0.6),
        "siblings": _siblings(luck, files, rows),
        "safetensors": pa.array(
            [f'{{"parameters":{{"BF16":{size}}},"total":{size}}}' if has else None for size, has in zip(sizes, some, strict=True)]
        ),
        "spaces": _lists(luck, pa.array(ids[:5_000]), rows, 3),
        "widgetData": _drawn(luck, widgets, rows, 0.4),
        "transformersInfo": _drawn(luck, configs[:200], rows, 0.6),
        "gguf": _drawn(luck, widgets[:900], rows, 0.1),
        "model-index": _drawn(luck, descriptions, rows, 0.15),
        "baseModels": _drawn(luck, widgets, rows, 0.4),
        "usedStorage": pa.array(sizes),
        "private": pa.array(np.zeros(rows, bool)),
        "disabled": pa.array(np.zeros(rows, bool)),
        "inference": _drawn(luck, pa.array(["warm", "cold"]), rows, 0.02),
        "mask_token": _drawn(luck, pa.array(["[MASK]", "<mask>"]), rows, 0.05),
        "resourceGroup": pa.nulls(rows, pa.string()),
        "xetEnabled": pa.array(luck.random(rows) < 0.5),
    }


def _siblings(luck: np.random.Generator, files: pa.Array, rows: int) -> pa.Array:
    lists = _lists(luck, files, rows, 16)
    return pa.ListArray.from_arrays(lists.offsets, pa.StructArray.from_arrays([lists.values], ["rfilename"]))
