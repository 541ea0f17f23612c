"""districtsim: a simulation of a US school district's central office.

import districtsim as ds

effects = ds.compare("seattle", ["status_quo", "leader_led"], years=5, replicates=20, seed=1)
effects.table
"""

from importlib import import_module

_HOME = {
    "District": "districtsim.world.district",
    "DistrictModel": "districtsim.model",
    "Effects": "districtsim.api",
    "Experiment": "districtsim.study.designs",
    "Policy": "districtsim.world.policies",
    "Question": "districtsim.record.question",
    "Results": "districtsim.study.results",
    "SettingError": "districtsim.world.errors",
    "Study": "districtsim.study.trials",
    "StudyResult": "districtsim.study.trials_results",
    "answers": "districtsim.api",
    "check_finding": "districtsim.api",
    "compare": "districtsim.api",
    "ledger": "districtsim.api",
    "open_results": "districtsim.api",
    "report": "districtsim.api",
    "recording": "districtsim.record.recording",
    "run_experiment": "districtsim.api",
    "run_study": "districtsim.api",
    "simulate": "districtsim.api",
    "sweep": "districtsim.api",
}
__all__ = sorted(_HOME)


def __getattr__(name):
    """Import a public name when it is first used: `import districtsim` itself loads nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'districtsim' has no attribute '{name}'")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted([*globals(), *__all__])
