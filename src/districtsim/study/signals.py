"""Signals: Ctrl-C and SIGTERM as a wish to stop; a second one aborts."""

from __future__ import annotations

import contextlib
import signal
import threading


@contextlib.contextmanager
def stop_on_signals():
    """A function that says which of SIGINT and SIGTERM has come since the block began, 0 for none.

    The first only makes it true; the second raises KeyboardInterrupt. A process that was started
    deaf to SIGINT, as in the background of a script, stays so. Outside of the main thread, where
    signals cannot be caught, it is always 0.
    """
    came = []

    def note(number, frame):
        if came:
            raise KeyboardInterrupt
        came.append(number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, note)
    try:
        yield lambda: came[0] if came else 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
