"""Recording: one Sacred run for one invocation of a command, open while the work is done.

with recording("caseload", experiment.as_dict(), folder, command="sweep") as record:
    record.metric("runs_done", 120)
    record.artifact(folder / "figures" / "caseload.png")
    record.result(runs=640, failed=0)
"""

import contextlib
import hashlib
import json
import logging
import math
import os
import shlex
import sys
import time
from pathlib import Path
from types import SimpleNamespace

from districtsim.record import surroundings
from districtsim.record.databases import observer_for
from districtsim.record.folder_observer import FolderObserver
from districtsim.record.outcomes import headlines
from districtsim.record.plain import plain, without_password
from districtsim.record.run import DistrictRun
from districtsim.record.sacred_setup import (
    ConfigSummary,
    apply_backspaces_and_linefeeds,
    get_digest,
    get_host_info,
)
from districtsim.record.stopping import Stopping
from districtsim.study.runs import code_version
from districtsim.world.files import write_atomically

SECONDS_BETWEEN_METRICS = 2.0  # of progress, at first; later a share of the time that has passed,
SHARE_BETWEEN_METRICS = 1 / 500  # so that a weekend gives some thousand points and not 100,000


class Recorder:
    """What goes into the record while the work is done."""

    def __init__(self, run, folder, results=None):
        self._run = run
        self.folder = Path(folder)  # of this invocation: run.json and the rest
        self.results = Path(results or folder)  # where the numbers are
        self._begun, self._noted = time.monotonic(), -math.inf

    @property
    def id(self):
        """24 hexadecimal digits, the same in the folder and in a database."""
        return self._run.meta_info["run_id"]

    def metric(self, name, value, step=None):
        """A number that changes while running; `step` is counted from 0 if it is left out."""
        self._run.log_scalar(name, plain(value), step)

    def info(self, **facts):
        """Facts about the run, such as how many simulations; later ones replace earlier."""
        self._run.info = {**self._run.info, **plain(facts)}  # the heartbeat may be reading it

    def artifact(self, path):
        """A file that was made: noted where it lies in the folder, copied from elsewhere."""
        self._run.add_artifact(os.fspath(path))

    def outcomes(self):
        """Metrics of the mean outcomes of each policy in the last year, once values are there."""
        for name, mean in headlines(self.results).items():
            self.metric(name, mean)

    def artifacts(self):
        """Note the figures and the report in the folder, and the SHA-256 of the large tables."""
        for path in sorted([*self.results.glob("figures/*"), *self.results.glob("report.html")]):
            if path.is_file():
                self.artifact(path)
        tables = sorted(self.results.glob("*.parquet"))
        self.info(tables={path.name: sha256(path) for path in tables})

    def result(self, **facts):
        """What came of it, in a few numbers; kept if the run completes."""
        self._run.result = {**(self._run.result or {}), **plain(facts)}

    def end_as(self, status):
        """The status of a run that was told to stop and did: INTERRUPTED or TERMINATED."""
        self._run.ends_as = status

    def watched(self, finished):
        """Pass on what `run_all` yields, with metrics of how far it is now and then."""
        begun = time.monotonic()
        done = failed = 0
        try:
            for run, history, seconds in finished:
                done += 1
                failed += isinstance(history, Exception)
                self.progress(done, failed, done / max(time.monotonic() - begun, 1e-3))
                yield run, history, seconds
        finally:
            rate = done / max(time.monotonic() - begun, 1e-3)
            self.progress(done, failed, rate, last=True)

    def progress(self, done, failed, per_second, *, last=False):
        """So many simulations are done, so many of them failed; noted now and then, and at last."""
        now = time.monotonic()
        pause = max(SECONDS_BETWEEN_METRICS, (now - self._begun) * SHARE_BETWEEN_METRICS)
        if last or now - self._noted >= pause:
            self._noted = now
            self.metric("runs_done", done)
            self.metric("runs_failed", failed)
            self.metric("runs_per_s", per_second)
            self.info(runs=done, failed=failed)


@contextlib.contextmanager
def recording(name, config, folder, *, observe=None, command="run", tell=None, signals=True):
    """Record what is done inside as one Sacred run; gives a Recorder.

    name     of the experiment
    config   plain values: what was asked for
    folder   becomes Sacred's run folder; if it is one already, this run gets
             `<folder>/invocations/<n>/`, and the records before it stay as they are
    observe  address of a database that is told as well; None for DISTRICTSIM_OBSERVER, if set
    command  what is run, a word
    tell     takes lines for the person (default: standard error)
    signals  whether to handle Ctrl-C and SIGTERM; False if the work does, and says `end_as`
    The run ends as COMPLETED, INTERRUPTED (Ctrl-C), TERMINATED (SIGTERM raises `Terminated`) or
    FAILED. Raises SettingError for an address that cannot be meant; a database that does not
    answer costs a message.
    """
    observers = [FolderObserver(folder=folder)]
    database = observer_for(observe, tell or say)
    if database is not None:
        observers.append(database)
    run = _new_run(name, config, command, observers)
    stopping = Stopping()
    if signals:
        stopping.install()
    try:
        with run.open():
            home = Path(observers[0].dir)
            describe_surroundings(home, run.git_found)
            yield Recorder(run, home, folder)
    finally:
        stopping.restore()


def _new_run(name, config, command, observers):
    logger = quiet_logger()
    found = surroundings.git()
    run = DistrictRun(
        config=plain(config),
        config_modifications=ConfigSummary(),
        main_function=SimpleNamespace(prefix=None, signature=SimpleNamespace(name=command)),
        observers=observers,
        root_logger=logger,
        run_logger=logger,
        experiment_info=experiment_info(name, surroundings.PACKAGE.parent, found[0]),
        host_info=get_host_info(),
        pre_run_hooks=[],
        post_run_hooks=[],
        captured_out_filter=apply_backspaces_and_linefeeds,
    )
    run.git_found = found
    run.meta_info.update(command=command, options={}, named_configs=[], **meta())
    run._id = run.meta_info["run_id"]
    return run


def meta():
    """What Sacred's `meta` does not say: an id for all databases, the command line, who runs it."""
    return {
        "run_id": os.urandom(12).hex(),
        "command_line": without_password(shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])),
        "process": surroundings.process(),
        "version": code_version(),
    }


def experiment_info(name, base, repository, files=(), mainfile=None):
    """Sacred's description of an experiment: our sources and `files`, every package, the commit."""
    sources = [*surroundings.source_files(), *map(Path, files)]
    repositories = []
    if repository:
        url = repository["remote"] or "(no remote)"
        facts = {"commit": repository["commit"] or "(none)", "dirty": repository["dirty"]}
        repositories = [{"url": url, **facts}]
    return {
        "name": name,
        "base_dir": str(base),
        "sources": [[os.path.relpath(path, base), get_digest(str(path))] for path in sources],
        "dependencies": [f"{key}=={value}" for key, value in surroundings.packages().items()],
        "repositories": repositories,
        "mainfile": mainfile,
    }


def describe_surroundings(folder, found):
    """Write git.json, git.diff and environment.json into a run folder; `found`: see git()."""
    facts, diff = found
    environment = {**surroundings.machine(), "packages": surroundings.packages()}
    pages = {"git.json": json.dumps(facts, indent=1, sort_keys=True), "git.diff": diff}
    pages["environment.json"] = json.dumps(environment, indent=1, sort_keys=True)
    for page, text in pages.items():
        if text:
            write_atomically(Path(folder) / page, text)


def sha256(path):
    """The SHA-256 of a file, as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _ToPerson(logging.Handler):
    """Standard error as it is when something is said, which is not always the one of the start."""

    def emit(self, record):
        say(self.format(record))


def quiet_logger(level=logging.WARNING):
    """Sacred's messages only: by default it turns on those of every package."""
    logger = logging.getLogger("districtsim.record")
    if not logger.handlers:
        handler = _ToPerson()
        handler.setFormatter(logging.Formatter("%(levelname)s - %(name)s - %(message)s"))
        logger.addHandler(handler)
        logger.propagate = False
    logger.setLevel(level)
    return logger


def say(text):
    """Tell the person, on standard error."""
    sys.stderr.write(text + "\n")
