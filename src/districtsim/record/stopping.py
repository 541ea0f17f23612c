"""Stopping: Ctrl-C and SIGTERM end a run once, and leave it the time to say how it ended."""

import contextlib
import signal
import threading
import time

QUIET_SECONDS = 5.0  # after the first signal: an impatient second one must not cut the record short


class Terminated(KeyboardInterrupt):
    """The process was asked to end (SIGTERM), as a cluster does at its time limit.

    A kind of KeyboardInterrupt, since whoever cleans up after Ctrl-C must clean up after it too.
    """

    STATUS = "TERMINATED"  # what Sacred writes as the run's status


class Stopping:
    """Handlers of SIGINT and SIGTERM: the first raises, others within seconds are not heard.

    Only the main thread can have handlers; elsewhere this does nothing.
    """

    def __init__(self):
        self._first = None
        self._before = {}

    def install(self):
        """Take the two signals; returns itself."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                # a background job of a shell ignores Ctrl-C, and must go on doing so
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._heard)
        return self

    def restore(self):
        """Put back what was there before."""
        for number, handler in self._before.items():
            with contextlib.suppress(TypeError):  # None: set by something that is not Python
                signal.signal(number, handler)
        self._before.clear()

    def _heard(self, number, frame):
        now = time.monotonic()
        if self._first is not None and now - self._first < QUIET_SECONDS:
            return
        self._first = now
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt


@contextlib.contextmanager
def undisturbed():
    """Hear neither signal while a record is closed, whoever handles them otherwise."""
    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            with contextlib.suppress(TypeError):
                signal.signal(number, handler)
