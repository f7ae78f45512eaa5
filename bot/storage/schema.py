"""The bot's tables. A table with a column ``workspace`` belongs to workspaces: its rows go when the workspace goes."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

PICTURE = sa.Table(
    "picture",
    METADATA,
    # The same chart drawn for two workspaces is one picture; what belongs to a workspace are its links.
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
    # Who waits for it, to be told where the message cannot be put right.
    sa.Column("user_id", sa.String(32)),
    sa.Column("thread", sa.String(32)),
    # The process that works on it; what one left that is gone for certain is put right at once.
    sa.Column("owner", sa.String(80)),
    sa.UniqueConstraint("workspace", "channel", "ts"),
)
ROTATION = sa.Table(
    "rotation",
    METADATA,
    # Who holds the row refreshes the workspace's token; a holder that died loses it by the time.
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
    # What is due before this moment stands in the ledger already.
    sa.Column("next_due", sa.DateTime, nullable=False, index=True),
    sa.Column("paused", sa.String(60)),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.UniqueConstraint("workspace", "channel"),
    # An id is never given out again: the ledger knows what was sent by it.
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
    # 2026-12, by whose last snapshot it is decided; months sort as text.
    sa.Column("month", sa.String(7), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("percent", sa.Integer, nullable=False),
    sa.Column("placed_at", sa.DateTime, nullable=False),
    # None while it is open; then right, wrong or void.
    sa.Column("outcome", sa.String(8)),
    sa.UniqueConstraint("workspace", "channel", "person", "question", "month"),
    sa.Index("bet_open", "outcome", "month"),
    sqlite_autoincrement=True,
)
EDITION = sa.Table(
    "edition",
    METADATA,
    # What a digest said: once built it stays as it is, so that every channel and every retry shows the same.
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
    # The subscription or the watch; no foreign key, for what was sent stays told when they are gone.
    sa.Column("source", sa.Integer, nullable=False),
    sa.Column("period", sa.String(32), nullable=False),
    # Random, so that another bot's message with the same id, from another database, is not taken for ours.
    sa.Column("mark", sa.String(16), nullable=False),
    sa.Column("edition", sa.String(120)),
    sa.Column("content", sa.Text),
    sa.Column("due_at", sa.DateTime, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("not_before", sa.DateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # Whose it is while it is being sent, and until when; after that anybody may take it over.
    sa.Column("owner", sa.String(32)),
    sa.Column("until", sa.DateTime),
    # Set before the request leaves: from then on the message may be there.
    sa.Column("posting_at", sa.DateTime),
    sa.Column("ts", sa.String(32)),
    sa.Column("error", sa.String(60)),
    # When an engine was last told of it; one that was told and forgot is told again.
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
    # As JSON: the columns that are not called as the Hub calls them.
    sa.Column("columns", sa.Text, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("not_before", sa.DateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # Whose it is while it is counted, and until when; after that anybody may take it over.
    sa.Column("owner", sa.String(32)),
    sa.Column("until", sa.DateTime),
    sa.Column("models", sa.Integer),
    sa.Column("error", sa.String(500)),
    # When an engine was told of it.
    sa.Column("queued_at", sa.DateTime),
    sa.Column("changed_at", sa.DateTime, nullable=False),
    # One a day: a later revision of the same day holds the same day.
    sa.UniqueConstraint("repo", "taken_on"),
    sa.Index("dump_state", "state", "not_before"),
    sqlite_autoincrement=True,
)
PACE = sa.Table(
    "pace",
    METADATA,
    sa.Column("workspace", sa.String(32), primary_key=True),
    # Slack, or its slowness, asked for silence until then.
    sa.Column("until", sa.DateTime, nullable=False),
)
UPLOAD = sa.Table(
    "upload",
    METADATA,
    sa.Column("workspace", sa.String(32), primary_key=True),
    sa.Column("digest", sa.LargeBinary(32), primary_key=True),
    # None while somebody uploads it; empty where the workspace takes no files.
    sa.Column("file", sa.String(32)),
    sa.Column("until", sa.DateTime, nullable=False),
)
DONE = sa.Table(
    "done",
    METADATA,
    # What is to happen once a slot: whoever inserts the row does it.
    sa.Column("job", sa.String(32), primary_key=True),
    sa.Column("slot", sa.String(32), primary_key=True),
    sa.Column("done_at", sa.DateTime, nullable=False),
)
WORKER_HEARTBEAT = sa.Table(
    "worker_heartbeat",
    METADATA,
    # Random, for one process: a host may reuse a process id.
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("beat_at", sa.DateTime, nullable=False, index=True),
    # Set by a worker that ended as it was told; one that was killed or hangs never sets it.
    sa.Column("ended_at", sa.DateTime),
)
ANSWERED_MESSAGE = sa.Table(
    "answered_message",
    METADATA,
    # A person's message.
    sa.Column("workspace", sa.String(32), primary_key=True),
    sa.Column("channel", sa.String(32), primary_key=True),
    sa.Column("ts", sa.String(32), primary_key=True),
    # SHA-256 of its words: an edit that changes none asks nothing.
    sa.Column("words_digest", sa.LargeBinary(32), nullable=False),
    # The answer in the same channel; none while it is worked on, or where only the person can see it.
    sa.Column("answer_ts", sa.String(32)),
    sa.Column("changed_at", sa.DateTime, nullable=False, index=True),
)
