"""Steady observer: a database that is down neither stops a run nor loses what it was told.

Sacred lets a run fail if an observer fails at the start, and drops an observer that fails later.
Here events that could not be delivered wait, and are delivered in order once the database answers;
the record in the run folder goes on in any case.
"""

import copy
import os
import threading
import time

from districtsim.record.sacred_setup import RunObserver

RETRY_SECONDS = 30.0
LARGEST_FILE = 16_000_000  # bytes
LAST_TRIES = (0.0, 1.0, 2.0)  # seconds before each try to deliver the end of a run


class SteadyObserver(RunObserver):
    """Passes every event to the observer that `connect()` makes, now or later.

    connect  makes the observer; called again after it failed
    address  of the database, as messages name it (without its password)
    is_down  tells an error that will pass (no connection) from one that will not (cannot be stored)
    say      takes a line or two of text for the person
    own_ids  the database numbers runs by itself
    """

    def __init__(self, connect, address, is_down, say, *, own_ids=False, clock=time.monotonic):
        self.address = address
        self.waiting = []  # (method, arguments), oldest first
        self._connect, self._is_down = connect, is_down
        self._say, self._clock = say, clock
        self._own_ids = own_ids
        self._observer = None
        self._one_at_a_time = threading.RLock()  # Sacred's heartbeat has a thread of its own
        self._down_since = self._next_try = None

    def started_event(self, **facts):
        """The run begins."""
        self._tell("started_event", **self._with_own_id(facts))

    def queued_event(self, **facts):
        """The run is stored for later."""
        self._tell("queued_event", **self._with_own_id(facts))

    def heartbeat_event(self, **facts):
        """Still running; a newer heartbeat replaces one that waits."""
        with self._one_at_a_time:
            self.waiting = [event for event in self.waiting if event[0] != "heartbeat_event"]
            self._tell("heartbeat_event", **facts)

    def log_metrics(self, metrics_by_name, info):
        """New measurements; none is dropped."""
        if metrics_by_name:
            self._tell("log_metrics", metrics_by_name=metrics_by_name, info={})

    def artifact_event(self, **facts):
        """A file that the run made, unless it is too large for a database."""
        if os.path.getsize(facts["filename"]) <= LARGEST_FILE:
            self._tell("artifact_event", **facts)

    def resource_event(self, **facts):
        """A file that the run reads."""
        self._tell("resource_event", **facts)

    def completed_event(self, **facts):
        """The run has ended as it should."""
        self._tell_last("completed_event", **facts)

    def interrupted_event(self, **facts):
        """Somebody stopped the run."""
        self._tell_last("interrupted_event", **facts)

    def failed_event(self, **facts):
        """The run ended with an error."""
        self._tell_last("failed_event", **facts)

    def _with_own_id(self, facts):
        return {**facts, "_id": None} if self._own_ids else facts

    def _tell(self, method, **facts):
        with self._one_at_a_time:
            self.waiting.append((method, copy.deepcopy(facts)))
            if self._next_try is None or self._clock() >= self._next_try:
                self._deliver()

    def _tell_last(self, method, **facts):
        with self._one_at_a_time:
            self.waiting.append((method, copy.deepcopy(facts)))
            for seconds in LAST_TRIES if self._next_try is None else LAST_TRIES[:1]:
                time.sleep(seconds)
                if self._deliver():
                    return
            self._say(
                f"{self.address}: {len(self.waiting)} messages about this run were not delivered; "
                "its folder holds the whole record."
            )

    def _deliver(self):
        """Everything that waits, in order; False if the database does not take it."""
        try:
            if self._observer is None:
                self._observer = self._connect()
            while self.waiting:
                self._deliver_one(*self.waiting[0])
                self.waiting.pop(0)
        except Exception as problem:  # noqa: BLE001 - drivers have many; none may end the run
            self._failed(problem)
            return False
        if self._down_since is not None:
            seconds = self._clock() - self._down_since
            self._say(f"{self.address}: answers again after {seconds:.0f} s; nothing was lost.")
        self._down_since = self._next_try = None
        return True

    def _deliver_one(self, method, facts):
        try:
            getattr(self._observer, method)(**copy.deepcopy(facts))
        except Exception as problem:
            if method == "started_event" or self._is_down(problem):
                raise
            self._recover()
            what = method.removesuffix("_event").replace("_", " ")
            self._say(f"{self.address}: left out '{what}' ({_first_line(problem)}).")

    def _failed(self, problem):
        if self._down_since is None:
            self._down_since = self._clock()
            self._say(
                f"{self.address}: does not take this run's record ({_first_line(problem)}).\n"
                "The run goes on and is recorded in its folder; the database is tried again."
            )
        self._next_try = self._clock() + RETRY_SECONDS
        self._recover()

    def _recover(self):
        recover = getattr(self._observer, "recover", None)
        if recover is not None:
            recover()

    def __eq__(self, other):
        return self is other

    __hash__ = object.__hash__


def _first_line(problem):
    return (str(problem).strip() or type(problem).__name__).splitlines()[0]
