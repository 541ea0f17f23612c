"""Scenarios: what the literature disagrees on, as named sets of numbers; see scenarios.yaml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.parameters import check_parameter
from districtsim.world.yaml_files import line_of, read_yaml

PAGE = Path(__file__).with_suffix(".yaml")
_KEYS = ("tension", "title", "why", "source", "set")


@dataclass(frozen=True)
class Scenario:
    """One side of a disagreement.

    numbers  {"mechanism": {"name": value}} in place of the cards' values
    tension  the disagreement, in a sentence
    """

    name: str
    title: str
    why: str
    source: str
    tension: str
    numbers: dict


def scenarios():
    """{name: Scenario} in the order of the file."""
    return _read(PAGE)


def scenario(name, where="scenario"):
    """A Scenario by its name. Raises SettingError with the nearest."""
    found = scenarios()
    if name not in found:
        raise SettingError(
            f"{where}: '{name}' is not a scenario.{nearest(name, found)}\n"
            f"Scenarios: {', '.join(found)}."
        )
    return found[name]


def shown_of_each():
    """Contrasts that the validation page shows: dicts of what, arm, baseline, outcome, group,
    unit."""
    return read_yaml(PAGE)["shown"]


@cache
def _read(path):
    page = read_yaml(path)
    found = {}
    for name, given in page["scenarios"].items():
        where = f"{path}:{line_of(path, f'scenarios.{name}')}: {name}"
        if sorted(given) != sorted(_KEYS) or given["tension"] not in page["tensions"]:
            raise SettingError(
                f"{where}: a scenario has {', '.join(_KEYS)}; its tension is one of "
                f"{', '.join(page['tensions'])}."
            )
        numbers = {
            mechanism: {n: check_parameter(mechanism, n, v, where) for n, v in group.items()}
            for mechanism, group in given["set"].items()
        }
        found[name] = Scenario(
            name, given["title"], given["why"].strip(), given["source"],
            page["tensions"][given["tension"]], numbers,
        )  # fmt: skip
    return found
