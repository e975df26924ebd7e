"""Progress of a plan is progress with more to say."""

from __future__ import annotations

import io

from rashomon.core import Progress, lines
from rashomon.engine.event import RunProgress


def test_a_listener_for_progress_understands_it():
    """Plain lines are the same for both."""
    stream = io.StringIO()
    for event in (Progress("a", 2, 2), RunProgress("b", 2, 2, failed=1, reused=1, memory=7)):
        lines(stream)(event)
    assert stream.getvalue() == "a: 2 of 2\nb: 2 of 2\n"
