"""Question: the Sacred experiment of a question's YAML file, checked before a folder is made."""

import logging
import os
import shlex
import sys
from pathlib import Path

from districtsim.record import recording, surroundings
from districtsim.record.databases import chosen, observer_for
from districtsim.record.folder_observer import FolderObserver
from districtsim.record.plain import without_password
from districtsim.record.run import DistrictRun
from districtsim.record.sacred_setup import (
    SacredError,
    apply_backspaces_and_linefeeds,
    cli_option,
    sacred,
)
from districtsim.record.stopping import Stopping
from districtsim.study.designs import Experiment
from districtsim.study.folders import write_page
from districtsim.study.plan import Plan
from districtsim.world.errors import SettingError

RESULTS = "results"
LISTS = ("districts", "policies", "outcomes", "weekly")
EXTRAS = {"district": "", "workers": 0}  # one district in place of the list; 0: one a core


@cli_option("-O", "--observe")
def observe_option(args, run):
    """Address of a team's database that is told as well, such as postgresql://host/name."""
    run.observers = [o for o in run.observers if isinstance(o, FolderObserver)]
    run.observers.append(observer_for(args, recording.say))


class Question(sacred.Experiment):
    """A Sacred experiment whose configuration is the YAML file of the same name.

    name    of the file in configs/experiments and of the script
    script  path of the script; sources are listed relative to the folder two above it
    """

    def __init__(self, name, script):
        script = Path(script).resolve()
        self.root = script.parents[1]
        super().__init__(
            name,
            base_dir=str(self.root),
            save_git_info=False,
            additional_cli_options=[observe_option],
        )
        file = Experiment.load(self.root / "configs" / "experiments" / f"{name}.yaml")
        self.doc = f"{file.title}\n{file.why}"
        self.add_config({**_as_config(file), **EXTRAS})

        @self.config_hook
        def check(config, command_name, logger):
            """Refuse what cannot run; put the one `district` in place of the list."""
            self.asked(config)
            return {"districts": [config["district"]]} if config["district"] else {}

        self.captured_out_filter = apply_backspaces_and_linefeeds
        self.logger = recording.quiet_logger(logging.INFO)
        self._script = script
        self._called_from_shell = False

    def asked(self, config):
        """The Experiment that a configuration asks for. Raises SettingError."""
        page = {key: value for key, value in config.items() if key not in EXTRAS}
        for key in LISTS:
            if isinstance(page[key], str):  # policies=status_quo,leader_led
                page[key] = [word.strip() for word in page[key].split(",")]
        if config["district"]:
            page["districts"] = [config["district"]]
        if not isinstance(config["workers"], int) or config["workers"] < 0:
            raise SettingError(f"workers is {config['workers']!r}; 0 means one for each core.")
        page["vary"] = _flat(page["vary"])
        return Experiment.from_dict(self.path, page)

    def get_experiment_info(self):
        """As Sacred's, with our sources, every package and the commit."""
        files = [*self._script.parent.glob("*.py"), *(self.root / "configs").rglob("*.yaml")]
        mainfile = os.path.relpath(self._script, self.root)
        self.git_found = surroundings.git()
        return recording.experiment_info(
            self.path, self.root, self.git_found[0], sorted(files), mainfile
        )

    def _create_run(self, *args, **kwargs):
        self.observers = [FolderObserver(os.path.join(RESULTS, self.path))]
        if chosen(None)[0]:
            self.observers.append(observer_for(None, recording.say))
        run = super()._create_run(*args, **kwargs)
        run.__class__ = DistrictRun  # Sacred has no other way to be given one
        run.meta_info.update(recording.meta())
        run._id = run.meta_info["run_id"]
        options = run.meta_info.get("options", {})
        if options.get("--observe"):
            options["--observe"] = without_password(options["--observe"])
        return run

    def run(self, *args, **kwargs):
        """As Sacred's; on the command line, what a person set wrongly ends with exit code 2."""
        stopping = Stopping().install()
        try:
            return super().run(*args, **kwargs)
        except (SettingError, SacredError) as problem:
            if not self._called_from_shell:
                raise
            recording.say("\n".join(str(problem).splitlines()[:3]))
            raise SystemExit(2) from None
        except KeyboardInterrupt:
            if not self._called_from_shell:
                raise
            recording.say(f"\nInterrupted. To start again: python {shlex.join(sys.argv)}")
            raise SystemExit(130) from None
        finally:
            stopping.restore()

    def run_commandline(self, argv=None):
        """As Sacred's, with the exit codes of `districtsim`."""
        argv = list(argv or sys.argv)
        self._called_from_shell = True
        if len(argv) > 1 and "=" in argv[1] and not argv[1].startswith("-"):
            _refuse(argv)
        try:
            return super().run_commandline(argv)
        except SystemExit as leaving:
            if isinstance(leaving.code, str):  # Sacred did not understand, and gave its usage
                _refuse(argv)
            raise

    def record(self, run, experiment):
        """A Recorder of a Sacred run, in whose folder stands what `reproduce` needs to run it."""
        folder = next((o.dir for o in run.observers if isinstance(o, FolderObserver)), None)
        if folder is None:
            raise SettingError("-u: results need a run folder; leave it out.")
        recording.describe_surroundings(folder, self.git_found)
        write_page(Path(folder), Plan(experiment))
        return recording.Recorder(run, folder)


def _refuse(argv):
    recording.say(
        f"{argv[0]}: not understood: {' '.join(argv[1:])}\n"
        f"Settings follow the word `with`: python {argv[0]} with replicates=50"
    )
    raise SystemExit(2)


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
