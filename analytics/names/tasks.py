"""The Hub's tasks (pipeline tags), and what people type for them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.domain import NONE_DECLARED
from analytics.names.normalize import normalize

if TYPE_CHECKING:
    from collections.abc import Mapping

TASKS = (
    "any-to-any",
    "audio-classification",
    "audio-text-to-text",
    "audio-to-audio",
    "automatic-speech-recognition",
    "biology",
    "depth-estimation",
    "document-question-answering",
    "feature-extraction",
    "fill-mask",
    "graph-ml",
    "image-classification",
    "image-feature-extraction",
    "image-segmentation",
    "image-text-to-image",
    "image-text-to-text",
    "image-text-to-video",
    "image-to-3d",
    "image-to-image",
    "image-to-text",
    "image-to-video",
    "keypoint-detection",
    "mask-generation",
    "multiple-choice",
    "object-detection",
    "other",
    "question-answering",
    "reinforcement-learning",
    "robotics",
    "sentence-similarity",
    "summarization",
    "table-question-answering",
    "table-to-text",
    "tabular-classification",
    "tabular-regression",
    "tabular-to-text",
    "text-classification",
    "text-generation",
    "text-ranking",
    "text-retrieval",
    "text-to-3d",
    "text-to-audio",
    "text-to-image",
    "text-to-speech",
    "text-to-video",
    "time-series-forecasting",
    "token-classification",
    "translation",
    "unconditional-image-generation",
    "video-classification",
    "video-text-to-text",
    "video-to-video",
    "visual-document-retrieval",
    "visual-question-answering",
    "voice-activity-detection",
    "zero-shot-classification",
    "zero-shot-image-classification",
    "zero-shot-object-detection",
    # No longer given to new models, but met in listings of the past.
    "conversational",
    "text2text-generation",
)
"""In the Hub's spelling."""

ALIASES: Mapping[str, tuple[str, ...]] = {
    "any-to-any": ("omni",),
    "audio-classification": ("sound classification",),
    "automatic-speech-recognition": ("asr", "speech recognition", "speech to text", "stt", "transcription", "speech"),
    "depth-estimation": ("depth",),
    "document-question-answering": ("docvqa", "document qa"),
    "feature-extraction": ("embedding", "embeddings", "text embedding"),
    "fill-mask": ("masked language modeling", "mlm", "mask filling"),
    "graph-ml": ("graph machine learning",),
    "image-segmentation": ("segmentation",),
    "image-text-to-text": ("vlm", "vision language", "vision language model", "multimodal"),
    "image-to-text": ("image captioning", "captioning"),
    "keypoint-detection": ("pose estimation",),
    "question-answering": ("qa", "extractive qa"),
    "reinforcement-learning": ("rl",),
    "sentence-similarity": ("sts", "semantic similarity"),
    "summarization": ("summarisation", "summary"),
    "text-classification": ("sentiment", "sentiment analysis", "classification", "nli"),
    "text-generation": ("llm", "llms", "chat", "language modeling", "language model", "causal lm"),
    "text-ranking": ("reranking", "reranker", "ranking"),
    "text-to-image": ("image generation", "t2i"),
    "text-to-speech": ("tts", "speech synthesis"),
    "text-to-video": ("video generation", "t2v"),
    "time-series-forecasting": ("time series", "forecasting"),
    "token-classification": ("ner", "named entity recognition", "pos tagging"),
    "translation": ("machine translation", "mt", "translate"),
    "visual-question-answering": ("vqa",),
    "voice-activity-detection": ("vad",),
    "zero-shot-classification": ("zero shot",),
    "zero-shot-image-classification": ("clip",),
    NONE_DECLARED: ("none", "no task", "undeclared"),
}
"""Other words for a task."""


def find(words: str) -> str | None:
    """Return the task that ``words`` mean ("text generation", "ASR", "fill mask"), or ``None``. "none" means none declared."""
    return _BY_WORD.get(normalize(words))


def official(name: str) -> str:
    """Return the Hub's spelling of a task: "sentence-similarity" for "Sentence_Similarity"; the name itself if it's unknown."""
    return _SPELLINGS.get(normalize(name), name)


def group(task: str) -> str:
    """Return what a task is for: "speech and audio" for "text-to-speech"; "other tasks" for one that is in no group."""
    return _GROUP_OF.get(task, OTHER)


_SPELLINGS = {normalize(task): task for task in TASKS}
_BY_WORD = {normalize(task): task for task in (*TASKS, NONE_DECLARED)} | {
    normalize(word): task for task in ALIASES for word in ALIASES[task]
}
OTHER = "other tasks"
_TABLE = tomllib.loads(Path(__file__).with_name("task_groups.toml").read_text(encoding="utf-8"))
GROUPS: Mapping[str, tuple[str, ...]] = {entry["name"]: tuple(entry["tasks"]) for entry in _TABLE["group"]}
"""The tasks of each group; ``task_groups.toml`` documents them."""
_GROUP_OF = {task: name for name, tasks in GROUPS.items() for task in tasks}
