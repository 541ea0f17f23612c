"""Sweeping: one session of a sweep, recorded as one Sacred run."""

import signal

from districtsim.record.recording import recording
from districtsim.record.stopping import Terminated
from districtsim.study.chunks import Store
from districtsim.study.sweeps import Sweep


def recorded(
    plan, folder, executor, *, shard=None, on_progress=None, asked_to_stop=None, observe=None
):
    """Run what a sweep's folder lacks, with metrics of how far it is; returns the Ending.

    plan, folder, executor, shard, on_progress  as for `Sweep`; the folder is locked by the caller
    asked_to_stop  function that gives the signal that has come, 0 for none; None: signals are
                   raised here, and what is at work is lost
    observe        address of a database that is told as well
    """
    experiment = plan.experiment
    with recording(
        experiment.name,
        experiment.as_dict(),
        folder,
        observe=observe,
        command="sweep",
        signals=asked_to_stop is None,
    ) as record:

        def watched(progress):
            record.progress(progress.done, progress.failed, progress.rate)
            if on_progress is not None:
                on_progress(progress)

        work = Sweep(
            plan,
            Store(folder, plan),
            executor,
            shard=shard,
            on_progress=watched,
            asked_to_stop=asked_to_stop,
        )
        ending = work.run()
        _note(record, ending)
        if ending.stopped:
            terminated = asked_to_stop() == signal.SIGTERM
            record.end_as(Terminated.STATUS if terminated else "INTERRUPTED")
    return ending


def _note(record, ending):
    done = ending.progress
    record.progress(done.done, done.failed, done.rate, last=True)
    record.result(runs=done.done, failed=done.failed, finished=ending.finished)
    if ending.finished:
        record.outcomes()
        record.artifacts()
