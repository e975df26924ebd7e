"""Stopping on request: once lets running work finish, twice ends it; both can be resumed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rashomon.core import Teller, silent

__all__ = ["GRACE", "Interrupted", "Stop"]

GRACE = 30.0
"""Seconds between SIGTERM and the end of the workers; batch systems kill a job that long after they ask it to stop."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(KeyboardInterrupt):
    """Someone asked to stop before a plan was finished; every finished run is kept.

    Parameters
    ----------
    done, total
        How many runs of the plan are recorded, and how many it has.

    Examples
    --------
    >>> str(Interrupted(3, 10))
    'stopped: 3 of 10 runs are recorded; the same command goes on from there'
    """

    exit_code = 130

    def __init__(self, done: int = 0, total: int = 0) -> None:
        self.done, self.total = done, total
        said = f"{done} of {total} runs are recorded" if total else "finished runs are recorded"
        super().__init__(f"stopped: {said}; the same command goes on from there")


class Stop:
    """Whether someone asked to stop, and how urgently.

    The first request lets every running unit finish the run it is at; the second, or `GRACE` seconds after SIGTERM,
    ends the workers at once.

    Parameters
    ----------
    announce
        Told what a signal did.
    partial
        What a plan does that is stopped before its end: when false it raises `Interrupted`; when true it returns what
        it has, the other records as failed with the reason that they were not run, so that a report can be written.

    Examples
    --------
    >>> stop = Stop()
    >>> stop.ask()
    >>> stop.asked, stop.at_once
    (True, False)
    >>> stop.ask()
    >>> stop.at_once
    True
    """

    def __init__(self, announce: Teller = silent, *, partial: bool = False) -> None:
        self._announce, self.partial = announce, partial
        self._requests = 0
        self._deadline = float("inf")
        self._timer: threading.Timer | None = None

    @property
    def asked(self) -> bool:
        """Whether to start nothing new."""
        return self._requests > 0

    @property
    def at_once(self) -> bool:
        """Whether to end what runs."""
        return self._requests > 1 or time.monotonic() >= self._deadline

    def ask(self) -> None:
        """Ask to stop; a second time, to stop at once."""
        self._requests += 1

    def check(self, *, done: int = 0, total: int = 0) -> None:
        """Raise if someone asked to stop and no `partial` result is wanted.

        Parameters
        ----------
        done, total
            For the message.

        Raises
        ------
        Interrupted
            When someone did.
        """
        if self.asked and not self.partial:
            raise Interrupted(done, total)

    @contextmanager
    def listening(self) -> Iterator[Stop]:
        """Take SIGINT (Ctrl-C) and SIGTERM as requests inside the block, and give both back after it.

        Python hears signals in its main thread only; in another thread the block changes nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = {number: signal.signal(number, self._hear) for number in _SIGNALS}
        try:
            yield self
        finally:
            if self._timer is not None:
                self._timer.cancel()
            for number, handler in before.items():
                signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.ask()
        if self.at_once:
            raise Interrupted
        if number == signal.SIGTERM:
            self._deadline = time.monotonic() + GRACE
            # a real signal, because the main thread may be waiting inside a system call
            self._timer = threading.Timer(GRACE, _signal_main, [number])
            self._timer.daemon = True
            self._timer.start()
            self._announce(f"asked to stop: runs in progress have {GRACE:.0f} s to finish")
        else:
            self._announce("stopping when the runs in progress are finished; Ctrl-C again stops at once")


def _signal_main(number: int) -> None:
    identity = threading.main_thread().ident
    if identity is not None:
        signal.pthread_kill(identity, number)
