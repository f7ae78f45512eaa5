"""States of installations under way: issued without a trace, good once, for ten minutes, and in no other form."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner

from bot.slack.installation import oauth_state
from bot.slack.installation.oauth_state import SignedStates


def states(*keys, within=600):
    return SignedStates(keys or ("key",), within)


def test_a_state_is_good_once():
    made = states()
    state = made.issue()
    assert made.consume(state)
    assert not made.consume(state)
    assert made.consume(made.issue())


def test_another_process_with_the_key_takes_it_and_one_without_does_not():
    state = states("old").issue()
    assert states("new", "old").consume(state)
    assert not states("new").consume(state)
    assert not states("old", within=-1).consume(state), "it has expired"


@given(st.one_of(st.none(), st.text(), st.integers(), st.binary()))
def test_what_was_not_issued_here_is_no_good_and_raises_nothing(state):
    assert states().consume(state) is False


def test_no_change_of_a_state_is_good():
    state = states().issue()
    for at in range(len(state)):
        changed = state[:at] + ("A" if state[at] != "A" else "B") + state[at + 1 :]
        # The last character of a signature holds two bits that mean nothing.
        if at < len(state) - 1:
            assert not states().consume(changed), at
    assert not states().consume(TimestampSigner("key", salt="another").sign("a").decode())


def test_used_states_are_remembered_within_bounds(monkeypatch):
    monkeypatch.setattr(oauth_state, "MOST_USED", 3)
    made = states()
    for _ in itertools.repeat(None, 10):
        assert made.consume(made.issue())
    assert len(made._used) == 3
