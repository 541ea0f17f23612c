"""Published figures: what validation.yaml says, and how a simulated value is judged against it."""

from dataclasses import dataclass, fields
from pathlib import Path

from districtsim.study.settings import check_district
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.policies import Policy
from districtsim.world.yaml_files import read_yaml

PAGE = Path(__file__).with_suffix("").with_name("validation.yaml")
HIT, MISS, SHOWN = "hit", "**miss**", "not judged"


@dataclass(frozen=True)
class Figure:
    """A published figure and the quantity to set beside it; keys as in validation.yaml."""

    name: str
    topic: str
    quantity: str
    measure: str
    published: object
    unit: str
    role: str
    fact: str
    source: str
    tolerance: float = 0.0
    arm: str = "status_quo"
    only: str = ""
    sets: str = ""
    note: str = ""
    judged: bool = True
    checked: bool = False
    by_district: bool = False
    known_miss: str = ""

    @property
    def bounds(self):
        """Lowest and highest value that counts as a hit."""
        if isinstance(self.published, list):
            return tuple(self.published)
        return self.published - self.tolerance, self.published + self.tolerance

    def verdict(self, value):
        """HIT, MISS or SHOWN for a simulated value."""
        if not self.judged or value != value:
            return SHOWN
        low, high = self.bounds
        return HIT if low <= value <= high else MISS


@dataclass(frozen=True)
class Arm:
    """One policy as it is simulated for the figures of this name, in these Districts."""

    name: str
    words: str
    replicates: int
    years: int
    policy: Policy
    districts: tuple


@dataclass(frozen=True)
class Study:
    """All of validation.yaml.

    seed        root of all chance
    tolerances  how they were chosen; set_anew: which parameters a first comparison moved
    described   Districts whose real data are described
    arms        {name: Arm}; figures: Figures in the order of the page
    absent      published figures that the model has nothing to set beside
    """

    seed: int
    tolerances: str
    set_anew: str
    described: tuple
    arms: dict
    figures: tuple
    absent: tuple


def load(path=PAGE):
    """The Study of a file. Raises SettingError where it says something unknown."""
    page = read_yaml(path)
    arms = {name: _arm(name, given, page, path) for name, given in page["arms"].items()}
    figures = []
    for topic, of_topic in page["topics"].items():
        for name, given in of_topic.items():
            figures.append(_figure(path, name, topic, given, arms))
    return Study(
        page["seed"],
        page["tolerances"],
        page["set_anew"],
        _districts(page["described"], path),
        arms,
        tuple(figures),
        tuple(page["without_counterpart"]),
    )


def _arm(name, given, page, path):
    policy = Policy.load(given.get("policy", "status_quo"))
    if "set" in given:
        policy = Policy(name, given["set"])
    districts = _districts(given.get("districts", page["districts"]), path)
    years = given.get("years", page["years"])
    return Arm(name, given["words"], given["replicates"], years, policy, districts)


def _districts(named, path):
    return tuple(check_district(it, str(path)) for it in named)


def _figure(path, name, topic, given, arms):
    known = [f.name for f in fields(Figure)]
    for key in given:
        if key not in known:
            raise SettingError(f"{path}: {name}: '{key}' is not known.{nearest(key, known)}")
    if given.get("arm", "status_quo") not in arms:
        raise SettingError(f"{path}: {name}: no arm '{given['arm']}'. Arms: {', '.join(arms)}.")
    try:
        return Figure(name=name, topic=topic, **given)
    except TypeError as problem:
        raise SettingError(f"{path}: {name}: {problem}.") from problem
