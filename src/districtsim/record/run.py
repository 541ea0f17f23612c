"""Run: Sacred's, as a `with` block, closed whatever happens, by observers that do not drop out."""

import atexit
import contextlib
import os
import sys

from districtsim.record.plain import plain
from districtsim.record.sacred_setup import IntervalTimer, Run, get_stdcapturer
from districtsim.record.stopping import undisturbed


class DistrictRun(Run):
    """A Sacred run that can also be entered and left: `with run.open(): ...`."""

    ends_as = None  # a status in place of COMPLETED, if the work itself was told to stop

    @contextlib.contextmanager
    def open(self):
        """Started on the way in; COMPLETED, INTERRUPTED, TERMINATED or FAILED on the way out."""
        self.observers = sorted(self.observers, key=lambda observer: -observer.priority)
        self._pid = os.getpid()
        self._emit_started()
        atexit.register(self._close_at_exit)
        with contextlib.ExitStack() as closing:
            closing.callback(atexit.unregister, self._close_at_exit)
            try:
                with get_stdcapturer("sys")[1]() as self._output_file:
                    self._start_heartbeat()
                    try:
                        yield self
                    finally:
                        closing.enter_context(undisturbed())
                        self._get_captured_output()
                        self._stop_heartbeat()
            except SystemExit as leaving:
                if leaving.code in (None, 0):
                    self._close_as_completed()
                else:
                    self._close_as_failed()
                raise
            except KeyboardInterrupt as stopped:
                self._emit_interrupted(getattr(stopped, "STATUS", "INTERRUPTED"))
                raise
            except BaseException:
                self._close_as_failed()
                raise
            else:
                self._close_as_completed()

    def _close_as_completed(self):
        if self.ends_as is not None:
            self._emit_interrupted(self.ends_as)
        else:
            self._stop_time()
            self._emit_completed(plain(self.result))

    def _close_as_failed(self):
        kind, problem, trace = sys.exc_info()
        self._emit_failed(kind, problem, trace)

    def _close_at_exit(self):
        """A second Ctrl-C in the microseconds before the first one's was noted."""
        if os.getpid() == self._pid and self.status == "RUNNING":
            self._emit_interrupted("INTERRUPTED")

    def _start_heartbeat(self):
        if self.beat_interval > 0:
            self._stop_heartbeat_event, self._heartbeat = IntervalTimer.create(
                self._emit_heartbeat, self.beat_interval
            )
            self._heartbeat.daemon = True  # never keeps a process alive that has lost its run
            self._heartbeat.start()

    def _safe_call(self, obs, method, **kwargs):
        """Call an observer; one that fails once is told the next thing all the same."""
        try:
            getattr(obs, method)(**kwargs)
        except Exception as problem:  # noqa: BLE001 - no observer may end a run
            if obs not in self._failed_observers:
                self._failed_observers.append(obs)
                self.run_logger.warning(f"the record could not be written: {problem}")
