"""Settings: what people give for a study is checked here, at the door, once.

Each check takes the value and `where` it was given (a file and line, an option) and returns what
the study works with, or raises SettingError: where, what, what is allowed.
"""

from pathlib import Path

from districtsim.study.stopping import check_rule
from districtsim.world.district import District
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import cards, check_parameter, switched_off
from districtsim.world.policies import Policy

MOST_YEARS = 50
MOST_REPLICATES = 100_000
LARGEST_SEED = 2**32 - 1
MOST_WORKERS = 1024


def whole(value, where, low, high, what):
    """A whole number within [low, high]; `what` says what it is for."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        shown = value if isinstance(value, (int, float)) else repr(value)
        raise SettingError(f"{where} is {shown}; {what}: a whole number, {low} to {high}.")
    return value


def check_keys(given, allowed, where):
    """Refuses a key of a dict that is not among those allowed, with the nearest."""
    for key in given:
        if key not in allowed:
            raise SettingError(
                f"{where}: '{key}' is not known.{nearest(key, allowed)} "
                f"Allowed: {', '.join(allowed)}."
            )


def check_years(value, where="years"):
    """Years of a run."""
    return whole(value, where, 1, MOST_YEARS, "years of 52 weeks to simulate")


def check_replicates(value, where="replicates"):
    """Runs of each combination, each with its own luck: a number, or a rule when to stop."""
    if isinstance(value, dict):
        return check_rule(value, where)
    return whole(value, where, 1, MOST_REPLICATES, "runs of each policy")


def check_seed(value, where="seed"):
    """Root seed."""
    return whole(value, where, 0, LARGEST_SEED, "the root of all chance")


def check_workers(value, where="workers"):
    """Number of processes; None for one on each core."""
    return value if value is None else whole(value, where, 1, MOST_WORKERS, "processes")


def check_district(value, where="district"):
    """A District from one, its name, its file or {"synthetic": {"schools": 20, "seed": 1}}."""
    if isinstance(value, District):
        return value
    if isinstance(value, (str, Path)):
        return District.load(value)
    if isinstance(value, dict) and list(value) == ["synthetic"]:
        return _synthetic(value["synthetic"], where)
    raise SettingError(
        f"{where} is {value!r}; give a name, a file or {{synthetic: {{schools: 20, seed: 1}}}}."
    )


def _synthetic(settings, where):
    if not isinstance(settings, dict):
        raise SettingError(f"{where}: synthetic: expected {{schools: 20, seed: 1}}.")
    check_keys(settings, ("schools", "seed", "name", "low_income"), f"{where}: synthetic")
    return District.synthetic(**settings)


def check_policy(value, where="policy"):
    """A Policy from one, its name or its file."""
    if isinstance(value, Policy):
        return value
    if isinstance(value, (str, Path)):
        return Policy.load(value)
    raise SettingError(f"{where} is {value!r}; give the name of a policy or its file.")


def check_outcomes(names, where="outcomes"):
    """Outcome names as a tuple."""
    from districtsim.outcomes import outcomes

    known = outcomes()
    for name in a_list(names, where):
        if name not in known:
            raise SettingError(
                f"{where}: '{name}' is not an outcome.{nearest(name, known)}\n"
                f"'districtsim describe outcomes' lists all {len(known)}."
            )
    return tuple(names)


def check_weekly(names, where="weekly"):
    """Outcomes kept week by week as well, as a tuple; only some are measured every week."""
    from districtsim.outcomes import outcomes

    able = [name for name, outcome in outcomes().items() if outcome.when in ("term", "month")]
    for name in check_outcomes(names, where):
        if name not in able:
            raise SettingError(
                f"{where}: '{name}' is measured once a year only.\nWeekly: {', '.join(able)}."
            )
    return tuple(names)


def check_without(names, where="without"):
    """Mechanisms, or single processes of them, that are switched off, as a tuple."""
    names = [names] if isinstance(names, str) else a_list(names, where)
    switched_off(names, where)
    return tuple(names)


def check_parameters(changes, where="parameters"):
    """Numbers in place of the cards', {"mechanism": {"name": value}}, or None for none.

    The name of a scenario stands for its numbers.
    """
    if isinstance(changes, str):
        from districtsim.study.scenarios import scenario

        return scenario(changes, where).numbers
    if changes is not None and not isinstance(changes, dict):
        raise SettingError(f"{where} is {changes!r}; expected {{mechanism: {{name: value}}}}.")
    checked = {}
    for mechanism, numbers in (changes or {}).items():
        if mechanism not in cards():
            raise SettingError(
                f"{where}: '{mechanism}' is not a mechanism.{nearest(mechanism, cards())}"
            )
        if not isinstance(numbers, dict):
            raise SettingError(f"{where}: {mechanism} is {numbers!r}; expected {{name: value}}.")
        checked[mechanism] = {
            name: check_parameter(mechanism, name, value, where) for name, value in numbers.items()
        }
    return checked or None


def a_list(values, where, *, filled=False):
    """A list or tuple, as it is; with `filled`, one that holds something."""
    if not isinstance(values, (list, tuple)) or (filled and not values):
        raise SettingError(f"{where} is {values!r}; expected a list, such as [one, other].")
    return values
