"""Common: one Sacred experiment per question file, checked before any run folder is made."""

import importlib.metadata
import inspect
import json
import logging
import os
import platform
import shlex
import signal
import subprocess
import sys
from pathlib import Path

from sacred_setup import (
    AtomicFileStorageObserver,
    SacredError,
    Terminated,
    apply_backspaces_and_linefeeds,
    sacred,
    source,
)

import districtsim as ds

ROOT = Path(__file__).resolve().parents[1]
RESULTS = "results"
LISTS = ("districts", "policies", "outcomes", "weekly")
EXTRAS = {"district": "", "workers": 0}  # one district in place of the list; 0: one a core


class Question(sacred.Experiment):
    """A Sacred experiment whose configuration is the YAML file of the same name."""

    def __init__(self, name):
        super().__init__(name, base_dir=str(ROOT), save_git_info=False)
        file = ds.Experiment.load(ROOT / "configs" / "experiments" / f"{name}.yaml")
        self.mainfile = source(
            ROOT / "experiments" / f"{name}.py"
        )  # Sacred takes this module for the script
        self.doc = f"{file.title}\n{file.why}"
        self.add_config({**_as_config(file), **EXTRAS})

        @self.config_hook
        def check(config, command_name, logger):
            """Refuse what cannot run; put the one `district` in place of the list."""
            _experiment(name, config)
            return {"districts": [config["district"]]} if config["district"] else {}

        self.observers.append(AtomicFileStorageObserver(os.path.join(RESULTS, name)))
        self.captured_out_filter = apply_backspaces_and_linefeeds
        self.logger = _logger("districtsim")
        self._called_from_shell = False
        _list_sources(self)

    def run(self, *args, **kwargs):
        """As Sacred's; on the command line, what a person set wrongly ends with exit code 2."""
        try:
            return super().run(*args, **kwargs)
        except (ds.SettingError, SacredError) as problem:
            if not self._called_from_shell:
                raise
            print("\n".join(str(problem).splitlines()[:3]), file=sys.stderr)
            raise SystemExit(2) from None
        except (KeyboardInterrupt, Terminated):
            if not self._called_from_shell:
                raise
            print(f"\nInterrupted. To start again: python {shlex.join(sys.argv)}", file=sys.stderr)
            raise SystemExit(130) from None

    def run_commandline(self, argv=None):
        """As Sacred's, with the exit codes of `districtsim`."""
        argv = list(argv or sys.argv)
        self._called_from_shell = True
        signal.signal(signal.SIGTERM, _terminate)
        if len(argv) > 1 and "=" in argv[1]:
            _refuse(argv)
        try:
            return super().run_commandline(argv)
        except SystemExit as leaving:
            if isinstance(leaving.code, str):  # Sacred did not understand, and gave its usage
                _refuse(argv)
            raise


def _logger(name):
    """Sacred's messages only: by default it turns on those of every package."""
    logger = logging.getLogger(name)
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s - %(name)s - %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger


def _refuse(argv):
    print(
        f"{argv[0]}: not understood: {' '.join(argv[1:])}\n"
        f"Settings follow the word `with`: python {argv[0]} with replicates=50",
        file=sys.stderr,
    )
    raise SystemExit(2)


def answer(run, config):
    """Run a configuration, write everything to Sacred's run folder; returns the answers.

    Raises RuntimeError at the end if a simulation failed; what the others gave is kept.
    """
    experiment = _experiment(run.experiment_info["name"], config)
    folder = Path(run.observers[0].dir)
    _describe_machine(folder)
    found = ds.run_experiment(experiment, folder, workers=config["workers"] or None)
    run.info.update(runs=len(found.runs), failed=len(found.failed))
    for row in ds.answers(experiment.name, found.values):
        print(f"{row['question']} {row['effect']} ({row['interval']}). {row['meaning']}")
        run.log_scalar(row["name"], row["difference"])
    if len(found.failed):
        raise RuntimeError(f"{len(found.failed)} runs failed: {found.failed.error.iloc[0]}")
    return {"runs": len(found.runs), "folder": str(folder)}


def _experiment(name, config):
    page = {key: value for key, value in config.items() if key not in EXTRAS}
    for key in LISTS:
        if isinstance(page[key], str):  # policies=status_quo,leader_led
            page[key] = [word.strip() for word in page[key].split(",")]
    if config["district"]:
        page["districts"] = [config["district"]]
    if not isinstance(config["workers"], int) or config["workers"] < 0:
        raise ds.SettingError(f"workers is {config['workers']!r}; 0 means one for each core.")
    page["vary"] = _flat(page["vary"])
    return ds.Experiment.from_dict(name, page)


def _as_config(experiment):
    """The experiment as Sacred can hold it: plain lists, and no dots in keys."""
    page = experiment.as_dict()
    nested = {}
    for lever, values in page["vary"].items():
        group, name = lever.split(".")
        nested.setdefault(group, {})[name] = values
    return {**page, "vary": nested}


def _flat(nested):
    if not isinstance(nested, dict):
        return nested
    return {
        f"{group}.{name}" if isinstance(levers, dict) else group: values
        for group, levers in nested.items()
        for name, values in (levers.items() if isinstance(levers, dict) else [(group, levers)])
    }


def _list_sources(experiment):
    package = Path(inspect.getfile(ds)).parent
    files = [p for p in package.rglob("*") if p.suffix in (".py", ".yaml")]
    files += [*Path(__file__).parent.glob("*.py"), *(ROOT / "configs").rglob("*.yaml")]
    for path in sorted(files):
        experiment.sources.add(source(path))
    for name in ("districtsim", "mesa", "numpy", "scipy", "pandas", "pyarrow", "matplotlib"):
        experiment.add_package_dependency(name, importlib.metadata.version(name))


def _describe_machine(folder):
    """git.json and environment.json: what Sacred does not keep, or fails over."""
    git = {key: _git(*words) for key, words in {
        "commit": ("rev-parse", "HEAD"), "branch": ("branch", "--show-current"),
        "status": ("status", "--porcelain"), "diff": ("diff", "HEAD"),
    }.items()}  # fmt: skip
    packages = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    machine = {"python": sys.version, "platform": platform.platform(), "cores": os.cpu_count()}
    for name, content in (("git", git), ("environment", {**machine, "packages": packages})):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=1, sort_keys=True))


def _git(*words):
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *words], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _terminate(signum, frame):
    raise Terminated
