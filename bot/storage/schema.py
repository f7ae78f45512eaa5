"""The bot's tables. Rows of tables with a ``workspace`` column are deleted with the workspace."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

PICTURE = sa.Table(
    "picture",
    METADATA,
    # Identical charts of several workspaces share one picture; the links belong to workspaces.
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    sa.Column("png", sa.LargeBinary, nullable=False),
)
LINK = sa.Table(
    "link",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False),
    sa.Column("digest", sa.ForeignKey("picture.digest"), nullable=False, index=True),
    sa.Column("made_at", sa.DateTime, nullable=False, index=True),
    sa.UniqueConstraint("workspace", "digest"),
)
SEEN = sa.Table(
    "seen",
    METADATA,
    sa.Column("key", sa.LargeBinary(32), primary_key=True),
    sa.Column("seen_at", sa.DateTime, nullable=False, index=True),
)
UNFINISHED = sa.Table(
    "unfinished",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False, index=True),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("ts", sa.String(32), nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False, index=True),
    # The person to notify if the message can't be updated.
    sa.Column("user_id", sa.String(32)),
    sa.Column("thread", sa.String(32)),
    # The process that handles it; if it has ended, another one recovers the request at once.
    sa.Column("owner", sa.String(80)),
    sa.UniqueConstraint("workspace", "channel", "ts"),
)
ROTATION = sa.Table(
    "rotation",
    METADATA,
    # A lease: its holder refreshes the workspace's token. It expires if the holder dies.
    sa.Column("workspace", sa.String(32), primary_key=True),
    sa.Column("until", sa.DateTime, nullable=False),
)
SUBSCRIPTION = sa.Table(
    "subscription",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("schedule", sa.String(120), nullable=False),
    sa.Column("within", sa.String(16), nullable=False),
    sa.Column("sections", sa.String(60), nullable=False),
    sa.Column("created_by", sa.String(32), nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    # Digests due before this moment are already in the outbox.
    sa.Column("next_due", sa.DateTime, nullable=False, index=True),
    sa.Column("paused", sa.String(60)),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.UniqueConstraint("workspace", "channel"),
    # Ids are never reused, because deliveries refer to them.
    sqlite_autoincrement=True,
)
WATCH = sa.Table(
    "watch",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("rule", sa.String(250), nullable=False),
    sa.Column("created_by", sa.String(32), nullable=False),
    sa.Column("created_at", sa.DateTime, nullable=False),
    sa.Column("crossed", sa.Boolean, nullable=False),
    sa.Column("looked_at", sa.Date),
    sa.Column("muted", sa.String(60)),
    sa.UniqueConstraint("workspace", "channel", "rule"),
    sqlite_autoincrement=True,
)
BET = sa.Table(
    "bet",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("person", sa.String(32), nullable=False),
    sa.Column("question", sa.String(80), nullable=False),
    # The month whose last snapshot decides, such as 2026-12; sorts as text.
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("percent", sa.Integer, nullable=False),
    sa.Column("placed_at", sa.DateTime, nullable=False),
    # NULL while open, then right, wrong or void.
    sa.Column("outcome", sa.String(8)),
    # The probability that past leaders alone gave the name, 0 to 1; NULL while open and for void bets.
    sa.Column("base_rate", sa.Float),
    sa.UniqueConstraint("workspace", "channel", "person", "question", "month"),
    sa.Index("bet_open", "outcome", "month"),
    sqlite_autoincrement=True,
)
EDITION = sa.Table(
    "edition",
    METADATA,
    # A built digest never changes, so that all channels and retries show the same.
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("picture", sa.ForeignKey("picture.digest"), index=True),
    sa.Column("built_at", sa.DateTime, nullable=False),
)
DELIVERY = sa.Table(
    "delivery",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("workspace", sa.String(32), nullable=False),
    sa.Column("channel", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    # The id of the subscription, alert or parent delivery; not a foreign key, because deliveries outlive them.
    sa.Column("source", sa.Integer, nullable=False),
    sa.Column("period", sa.String(32), nullable=False),
    # Random, so that a message with the same id from another database isn't mistaken for this delivery.
    sa.Column("mark", sa.String(16), nullable=False),
    sa.Column("edition", sa.String(120)),
    sa.Column("content", sa.Text),
    sa.Column("due_at", sa.DateTime, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("not_before", sa.DateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # The process that is sending it and the end of its lease.
    sa.Column("owner", sa.String(32)),
    sa.Column("until", sa.DateTime),
    # Set just before the request to Slack; from then on the message may have arrived.
    sa.Column("posting_at", sa.DateTime),
    sa.Column("ts", sa.String(32)),
    sa.Column("error", sa.String(60)),
    # When it was last queued in an engine; it's queued again if that engine lost it.
    sa.Column("queued_at", sa.DateTime),
    sa.Column("changed_at", sa.DateTime, nullable=False),
    sa.UniqueConstraint("kind", "source", "period"),
    sa.Index("delivery_channel", "workspace", "channel", "state"),
    sa.Index("delivery_state", "state", "not_before"),
    sqlite_autoincrement=True,
)
DUMP = sa.Table(
    "dump",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo", sa.String(200), nullable=False),
    sa.Column("path", sa.String(500), nullable=False),
    sa.Column("revision", sa.String(40), nullable=False),
    sa.Column("taken_on", sa.Date, nullable=False),
    # JSON: column names by Hub field, where they differ.
    sa.Column("columns", sa.Text, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("not_before", sa.DateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # The process that is counting it and the end of its lease.
    sa.Column("owner", sa.String(32)),
    sa.Column("until", sa.DateTime),
    sa.Column("models", sa.Integer),
    sa.Column("error", sa.String(500)),
    # When it was queued in an engine.
    sa.Column("queued_at", sa.DateTime),
    sa.Column("changed_at", sa.DateTime, nullable=False),
    # One per day; a later revision of the same day contains the same data.
    sa.UniqueConstraint("repo", "taken_on"),
    sa.Index("dump_state", "state", "not_before"),
    sqlite_autoincrement=True,
)
PACE = sa.Table(
    "pace",
    METADATA,
    sa.Column("workspace", sa.String(32), primary_key=True),
    # No deliveries to the workspace until then, because of a rate limit or slow responses.
    sa.Column("until", sa.DateTime, nullable=False),
)
UPLOAD = sa.Table(
    "upload",
    METADATA,
    sa.Column("workspace", sa.String(32), primary_key=True),
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    # NULL during the upload; empty if the workspace doesn't accept files.
    sa.Column("file", sa.String(32)),
    sa.Column("until", sa.DateTime, nullable=False),
)
DONE = sa.Table(
    "done",
    METADATA,
    # Jobs that run once per slot: the process that inserts the row runs it.
    sa.Column("job", sa.String(32), primary_key=True),
    sa.Column("slot", sa.String(32), primary_key=True),
    sa.Column("done_at", sa.DateTime, nullable=False),
)
WORKER_HEARTBEAT = sa.Table(
    "worker_heartbeat",
    METADATA,
    # Random per process, because hosts reuse process ids.
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("beat_at", sa.DateTime, nullable=False, index=True),
    # Set by a worker that was stopped on purpose, not by one that was killed or hangs.
    sa.Column("ended_at", sa.DateTime),
)
ANSWERED_MESSAGE = sa.Table(
    "answered_message",
    METADATA,
    # A person's message.
    sa.Column("workspace", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("ts", sa.String(32), primary_key=True),
    # When it was edited last, or written, as Slack's timestamp: an older version that arrives later asks nothing.
    sa.Column("version", sa.String(32), nullable=False),
    # SHA-256 of its words: an edit that changes none asks nothing.
    sa.Column("words_digest", sa.LargeBinary(32), nullable=False),
    # The answer in the same channel; none while it is worked on, or where only the person can see it.
    sa.Column("answer_ts", sa.String(32)),
    sa.Column("changed_at", sa.DateTime, nullable=False, index=True),
)
