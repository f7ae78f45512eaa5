"""``license NAME``, ``creator NAME`` and so on: one name and its rank among the others."""

from analytics.domain import Dimension
from analytics.questions.single_name import Subject, name_question

LICENSE = name_question(
    Subject(
        dimension=Dimension.LICENSE,
        word="license",
        plural="licenses",
        summary="One license: its share, rank and leading models",
        aliases=("licence",),
        examples=("license apache-2.0", "license mit by models in trending"),
    )
)

CREATOR = name_question(
    Subject(
        dimension=Dimension.CREATOR,
        word="creator",
        plural="creators",
        summary="One creator: its share, rank and namespaces",
        aliases=("author", "maker", "org", "organization", "organisation", "company", "namespace"),
        examples=("creator meta", "creator qwen by models", "creator google since 2026-01"),
    )
)

TASK = name_question(
    Subject(
        dimension=Dimension.TASK,
        word="task",
        plural="tasks",
        summary="One task: its share, rank and leading models",
        aliases=("pipeline",),
        examples=("task text-generation", "task fill-mask by downloads"),
    )
)

LIBRARY = name_question(
    Subject(
        dimension=Dimension.LIBRARY,
        word="library",
        plural="libraries",
        summary="One library: its share, rank and leading models",
        aliases=("framework",),
        examples=("library transformers", "library transformers by models"),
    )
)

FAMILY = name_question(
    Subject(
        dimension=Dimension.FAMILY,
        word="family",
        plural="families",
        summary="One family of licenses: its share, rank and licenses",
        aliases=("license-family", "licence-family"),
        examples=("family permissive", "family model-specific"),
    )
)

KIND = name_question(
    Subject(
        dimension=Dimension.KIND,
        word="kind",
        plural="kinds",
        summary="One kind of creator: its share, rank and creators",
        aliases=("sector",),
        examples=("kind company", "kind community by models"),
    )
)

COUNTRY = name_question(
    Subject(
        dimension=Dimension.COUNTRY,
        word="country",
        plural="countries",
        summary="One country: its share, rank and creators",
        aliases=("nation",),
        examples=("country china", "country france since 2026-01"),
    )
)
