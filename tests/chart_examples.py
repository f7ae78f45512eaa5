"""One realistic chart a kind. The numbers are rounded from public listings and serve as examples only."""

from __future__ import annotations

from dataclasses import replace

from analytics.chart import Band, Chart, ChartKind, Dot, Fit, Series, Unit

FOOTER = "Source: Hugging Face Hub, Aug 22, 2026 · hfstats"
TOP = "300 most-downloaded models"

PAIRED = Chart(
    kind=ChartKind.PAIRED,
    title="Apache-2.0 and MIT cover 56.7% of models but 70.2% of downloads",
    subtitle=f"{TOP} · number of models · Aug 22, 2026",
    footer="Source: Hugging Face Hub, Aug 22, 2026 · known for 96.7% of models · hfstats",
    alt="Apache-2.0 and MIT cover 56.7% of models but 70.2% of downloads. Apache-2.0: 37.0% of models, 52.4% of downloads.",
    categories=(
        "Apache-2.0",
        "none declared",
        "MIT",
        "minimax-h3-community-license-agreement",
        "CC-BY-4.0",
        "Llama 3.1",
        "CreativeML OpenRAIL-M",
        "14 others",
    ),
    series=(
        Series("models", (0.370, 0.333, 0.197, 0.007, 0.010, 0.007, 0.003, 0.073)),
        Series("downloads", (0.524, 0.221, 0.178, 0.010, 0.0068, 0.0056, 0.0052, 0.0494)),
    ),
)

BARS = Chart(
    kind=ChartKind.BARS,
    title="sentence-transformers/all-MiniLM-L6-v2 leads with 258M downloads (12.6% of the list)",
    subtitle=f"{TOP} · downloads in the last 30 days · Aug 22, 2026",
    footer=FOOTER,
    alt="all-MiniLM-L6-v2 leads with 258M downloads. bert-base-uncased: 103M.",
    categories=(
        "sentence-transformers/all-MiniLM-L6-v2",
        "google-bert/bert-base-uncased",
        "cross-encoder/ms-marco-MiniLM-L6-v2",
        "BAAI/bge-small-en-v1.5",
        "google/electra-base-discriminator",
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "amazon/chronos-2",
        "BAAI/bge-m3",
    ),
    series=(Series("downloads", (258e6, 103e6, 88.6e6, 72.9e6, 56.2e6, 55.2e6, 38.1e6, 35.8e6)),),
    unit=Unit.COUNT,
    emphasis=("sentence-transformers/all-MiniLM-L6-v2",),
)

FOCUS = Chart(
    kind=ChartKind.FOCUS,
    title="Google has 14.7% of downloads (2nd of 96)",
    subtitle=f"{TOP} · downloads in the last 30 days · Aug 22, 2026",
    footer=FOOTER,
    alt="Google has 14.7% of downloads. google-bert: 5.6%.",
    categories=("Sentence Transformers", "Google", "Alibaba", "BAAI", "Meta", "Cross-Encoder", "90 others"),
    series=(Series("downloads", (0.180, 0.147, 0.137, 0.081, 0.051, 0.050, 0.354)),),
    emphasis=("Google",),
    parts=(("google-bert", 0.0557), ("google", 0.0547), ("google-t5", 0.0132), ("google/vit and others", 0.0004)),
    parts_title="Google by namespace: share of downloads",
)

_MONTHS = tuple(f"{2025 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}-22" for month in range(9, 21))
_SHARES = {
    "Apache-2.0": (0.412, 0.418, 0.425, 0.431, 0.440, 0.452, 0.461, 0.470, 0.488, 0.501, 0.512, 0.524),
    "none declared": (0.265, 0.262, 0.255, 0.251, 0.250, 0.246, 0.241, 0.236, 0.231, 0.228, 0.224, 0.221),
    "MIT": (0.204, 0.201, 0.202, 0.199, 0.196, 0.190, 0.187, 0.188, 0.185, 0.181, 0.180, 0.178),
    "CC-BY-4.0": (0.021, 0.020, 0.019, 0.018, 0.016, 0.015, 0.013, 0.011, 0.010, 0.008, 0.007, 0.007),
    "Llama 3.1": (0.017, 0.016, 0.015, 0.014, 0.012, 0.011, 0.010, 0.009, 0.008, 0.007, 0.006, 0.006),
    "Gemma": (0.004, 0.004, 0.005, 0.005, 0.006, 0.006, 0.006, 0.005, 0.005, 0.005, 0.005, 0.005),
    "OpenRAIL": (0.031, 0.030, 0.028, 0.026, 0.024, 0.022, 0.018, 0.016, 0.012, 0.009, 0.008, 0.005),
}

LINES = Chart(
    kind=ChartKind.LINES,
    title="Apache-2.0 gained 11.2 percentage points of downloads since September 2025",
    subtitle=f"{TOP} · downloads in the last 30 days · Sep 22, 2025 \N{EN DASH} Aug 22, 2026",
    footer=FOOTER,
    alt="Apache-2.0 gained 11.2 percentage points of downloads. Apache-2.0: 41.2% to 52.4%.",
    categories=_MONTHS,
    series=tuple(Series(name, values) for name, values in _SHARES.items()),
)

AREA = replace(
    LINES,
    kind=ChartKind.AREA,
    title="Apache-2.0 now has more than half of all downloads",
    series=(
        *LINES.series,
        Series("others", tuple(1 - sum(column) for column in zip(*_SHARES.values(), strict=True))),
    ),
)

BUMP = Chart(
    kind=ChartKind.BUMP,
    title="sentence-transformers/all-MiniLM-L6-v2 still leads; 9 models entered the list since February",
    subtitle="30 most-downloaded models · downloads in the last 30 days · Feb 28 \N{EN DASH} Aug 18, 2026",
    footer=FOOTER,
    alt="all-MiniLM-L6-v2 still leads.",
    categories=("2026-02-28", "2026-03-28", "2026-04-25", "2026-05-26", "2026-06-23", "2026-07-21", "2026-08-18"),
    series=(
        Series("sentence-transformers/all-MiniLM-L6-v2", (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)),
        Series("google-bert/bert-base-uncased", (2.0, 2.0, 2.0, 2.0, 3.0, 2.0, 2.0)),
        Series("cross-encoder/ms-marco-MiniLM-L6-v2", (None, 8.0, 6.0, 5.0, 2.0, 3.0, 3.0)),
        Series("BAAI/bge-small-en-v1.5", (None, None, 8.0, 7.0, 6.0, 5.0, 4.0)),
        Series("google/electra-base-discriminator", (3.0, 3.0, 3.0, 3.0, 4.0, 4.0, 6.0)),
        Series("Falconsai/nsfw_image_detection", (4.0, 4.0, 5.0, 6.0, 8.0, None, None)),
        Series("amazon/chronos-2", (None, None, None, None, 7.0, 7.0, 7.0)),
    ),
    unit=Unit.RANK,
    emphasis=("cross-encoder/ms-marco-MiniLM-L6-v2",),
)

SLOPE = Chart(
    kind=ChartKind.SLOPE,
    title="Sentence Transformers gained 3.1 percentage points of downloads since July 22, 2026",
    subtitle=f"{TOP} · downloads in the last 30 days · Jul 22 \N{EN DASH} Aug 22, 2026",
    footer=FOOTER,
    alt="Sentence Transformers gained 3.1 percentage points of downloads. 14.9% to 18.0%.",
    categories=("2026-07-22", "2026-08-22"),
    series=(
        Series("Sentence Transformers", (0.149, 0.180)),
        Series("Google", (0.161, 0.147)),
        Series("Alibaba", (0.142, 0.137)),
        Series("BAAI", (0.069, 0.081)),
        Series("Meta", (0.058, 0.051)),
        Series("Cross-Encoder", (0.041, 0.050)),
        Series("Falcons.ai", (0.012, 0.0003)),
    ),
    emphasis=("Sentence Transformers",),
)


def _cloud(n: int) -> tuple[Dot, ...]:
    """Spread dots over a band with a small linear congruential generator: the same ones everywhere."""
    state, dots = 20260822, []
    for place in range(n):
        draws = []
        for _ in range(4):
            state = (state * 1103515245 + 12345) % 2**31
            draws.append(state / 2**31)
        x = 0.6 + 3.4 * (draws[0] + draws[1]) / 2
        y = 4.9 + 0.35 * x + 1.9 * (draws[2] + draws[3] - 1)
        dots.append(Dot(f"lab-{place % 40}/model-{place}", round(10**x, 1), round(10**y, 1)))
    return tuple(dots)


SCATTER = Chart(
    kind=ChartKind.SCATTER,
    title="Likes barely predict downloads (R² = 0.02)",
    subtitle=f"{TOP} · Aug 22, 2026",
    footer=FOOTER,
    alt="Likes barely predict downloads (R² = 0.02). R² = 0.02 for raw counts; R² = 0.09 for logarithms.",
    dots=(
        *_cloud(295),
        Dot("sentence-transformers/all-MiniLM-L6-v2", 5233, 257_800_000),
        Dot("google-bert/bert-base-uncased", 2737, 102_700_000),
        Dot("deepseek-ai/DeepSeek-R1", 13_500, 1_900_000),
        Dot("lpiccinelli/unidepth-v2-vitl14", 50, 30_200_000),
        Dot("meta-llama/Llama-3.1-8B-Instruct", 6100, 8_900_000),
    ),
    fit=Fit(slope=0.35, intercept=4.95, r2=0.024, r2_log=0.091, n=300),
    x_label="all-time likes",
    y_label="downloads in the last 30 days",
    emphasis=(
        "sentence-transformers/all-MiniLM-L6-v2",
        "google-bert/bert-base-uncased",
        "deepseek-ai/DeepSeek-R1",
        "lpiccinelli/unidepth-v2-vitl14",
        "meta-llama/Llama-3.1-8B-Instruct",
    ),
)

DUMBBELL = Chart(
    kind=ChartKind.DUMBBELL,
    title="OpenAI gained 4.6 percentage points of downloads in March 2026",
    subtitle="30 most-downloaded models · downloads in the last 30 days · Feb 28 \N{EN DASH} Mar 31, 2026",
    footer=FOOTER,
    alt="OpenAI gained 4.6 percentage points of downloads in March 2026. OpenAI: 3.9% to 8.5%.",
    categories=(
        *("Apache-2.0", "MIT", "none declared"),
        *("Sentence Transformers", "OpenAI", "TabSTAR by alana89"),
        *("sentence-similarity", "none declared", "zero-shot-image-classification"),
    ),
    series=(
        Series("before", (0.744, 0.190, 0.042, 0.334, 0.039, 0.020, 0.342, 0.162, 0.026)),
        Series("after", (0.726, 0.182, 0.076, 0.353, 0.085, 0.0, 0.366, 0.135, 0.070)),
    ),
    groups=(("Licenses", 3), ("Creators", 3), ("Tasks", 3)),
)

SHIFTS = Chart(
    kind=ChartKind.SHIFTS,
    title="Changes in share of downloads, July 2026",
    subtitle="30 most-downloaded models · downloads in the last 30 days · Jun 30 \N{EN DASH} Jul 31, 2026",
    footer=FOOTER,
    alt="OpenAI gained 4.6 percentage points of downloads. Creators: OpenAI 3.9% to 8.5%.",
    categories=(
        *("Apache-2.0", "MIT", "Coqui Public Model"),
        *("OpenAI", "MIT", "TabSTAR by alana89"),
        *("zero-shot-image-classification", "fill-mask", "sentence-similarity"),
    ),
    series=(
        Series("before", (None, 0.212, 0.0, 0.039, 0.024, None, 0.026, 0.169, 0.390)),
        Series("after", (None, 0.190, 0.004, 0.085, None, 0.020, 0.070, 0.139, 0.391)),
    ),
    groups=(("Licenses", 3), ("Creators", 3), ("Tasks", 3)),
    bounds=((0.009, 0.041), *(None,) * 8),
)

FORECAST = Chart(
    kind=ChartKind.FORECAST,
    title="If trends continue, Alibaba will lead in February 2027 with 21.9% of downloads (18.5% to 25.7%)",
    subtitle=f"{TOP} · downloads in the last 30 days · Mar 31 \N{EN DASH} Aug 22, 2026 · 80% intervals",
    footer=FOOTER,
    alt="If trends continue, Alibaba will lead in February 2027. Alibaba: 14.5% now.",
    categories=(
        *("2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-22"),
        *("2026-09-22", "2026-10-22", "2026-11-22", "2026-12-22", "2027-01-22", "2027-02-22"),
    ),
    series=(
        Series("Sentence Transformers", (0.161, 0.163, 0.166, 0.169, 0.172, 0.174, 0.175, 0.175, 0.176, 0.177, 0.178, 0.178)),
        Series("Alibaba", (0.086, 0.097, 0.108, 0.120, 0.133, 0.145, 0.156, 0.168, 0.180, 0.193, 0.206, 0.219)),
        Series("Meta", (0.136, 0.129, 0.121, 0.114, 0.107, 0.100, 0.093, 0.087, 0.081, 0.075, 0.070, 0.065)),
    ),
    measured=6,
    bands=(
        Band(
            "Sentence Transformers",
            (0.174, 0.171, 0.168, 0.166, 0.164, 0.162, 0.160),
            (0.174, 0.179, 0.183, 0.187, 0.190, 0.194, 0.197),
        ),
        Band("Alibaba", (0.145, 0.149, 0.155, 0.161, 0.168, 0.176, 0.185), (0.145, 0.164, 0.181, 0.200, 0.219, 0.238, 0.257)),
    ),
)

EXAMPLES = (PAIRED, BARS, FOCUS, LINES, AREA, BUMP, SLOPE, SCATTER, DUMBBELL, SHIFTS, FORECAST)
