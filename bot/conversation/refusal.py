"""Notices for users who lack a permission, with what they can do instead."""

from __future__ import annotations

from bot.domain.access import ActorKind
from bot.domain.reply import Notice

_OF_STRANGERS = Notice(
    "I answer questions about the Hugging Face Hub for everybody here: mention me and ask, for example “licenses”. "
    "Digests, alerts and bets are for members of the workspace that added me."
)
_OF_UNKNOWN = Notice(
    "Slack didn't tell me which workspace you belong to, so I can only answer questions about the Hugging Face Hub here. "
    "If you're a member of the workspace that added me, type the same after /hfstats."
)
_OF_OTHERS = Notice(
    "That's for full members of this workspace. You can ask me about the Hugging Face Hub, and see what this channel gets."
)
_NOTICES = {ActorKind.STRANGER: _OF_STRANGERS, ActorKind.UNKNOWN: _OF_UNKNOWN}


def refusal(kind: ActorKind) -> Notice:
    """Return the notice for an actor of this kind."""
    return _NOTICES.get(kind, _OF_OTHERS)
