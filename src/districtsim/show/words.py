"""Words: what figures and reports call outcomes, groups, arms and tasks (words.yaml)."""

from dataclasses import dataclass
from functools import cache
from math import floor, log10
from pathlib import Path

from districtsim.world.yaml_files import read_yaml

MINUS = "\N{MINUS SIGN}"
PERCENT = ("share", "share a year")


@dataclass(frozen=True)
class Word:
    """How an outcome is written: label, unit as in outcomes.py, direction, meaning.

    axis    unit as an axis says it; change: unit of a difference
    percent whether it is a share that is shown in percent
    """

    name: str
    label: str
    question: str
    unit: str
    axis: str
    change: str
    better: str
    meaning: str

    @property
    def percent(self):
        return self.unit in PERCENT

    def axis_of_a_difference(self, upright=False):
        """Unit of a difference, with the direction that is better."""
        sides = {"higher": ("right", "up"), "lower": ("left", "down")}
        return self.change + (
            f" ({sides[self.better][upright]} is better)" if self.better in sides else ""
        )

    def numbers(self, *values, sign=False, spread=0.0):
        """Values as texts with the same digits, percents for shares; `sign` shows a plus.

        spread  how sure the numbers are, such as half an interval: its first figure is shown, and
                a second if the first is 1 or 2; without it, three figures of the largest number
        """
        scale = 100 if self.percent else 1
        size = scale * (spread / 3 if spread else max(map(abs, values)) / 100)
        digits = min(5, max(0, -floor(log10(size)))) if size > 0 else 0
        shown = [round(scale * value, digits) + 0.0 for value in values]  # + 0.0: no minus zero
        plus = "+" if sign else ""
        return [f"{v:{plus if v else ''},.{digits}f}".replace("-", MINUS) for v in shown]


@cache
def outcome(name):
    """The Word of an outcome; one that words.yaml does not know goes by its own name."""
    page = _page()["outcomes"].get(name, {})
    label = page.get("label", _plain(name).capitalize())
    unit = page.get("unit", "unit as in 'districtsim describe outcomes'")
    percent = unit in PERCENT
    axis = page.get("axis", _page()["units"].get(unit, unit))
    change = page.get("change", "percentage points" if percent else axis)
    return Word(
        name=name,
        label=label,
        question=page.get("question", f"{label}?"),
        unit=unit,
        axis=axis,
        change=change,
        better=page.get("better", "neither"),
        meaning=page.get("meaning", f"See 'districtsim describe outcomes {name}'."),
    )


def names():
    """Outcomes that words.yaml knows."""
    return list(_page()["outcomes"])


def group(name):
    """A group as readers know it: 'ela, quartile 4' is 'ELA, poorest quarter'."""
    known = _page()["groups"]
    parts = [part.strip() for part in str(name).split(",")]
    return ", ".join(known.get(part, _plain(part)) for part in parts)


def policy(name):
    """A policy as readers know it: 'coach_led' is 'Coach led'."""
    spelling = _page()["spelling"]
    text = " ".join(spelling.get(word, word) for word in _plain(name).split(" "))
    return text[:1].upper() + text[1:]


def setting(column, value):
    """The value of something that varies between runs, as words: '16 principals per supervisor'."""
    if column == "policy":
        return policy(value)
    if column == "district":
        return _plain(value).title()
    if column == "budget":
        return "equal budget" if value == "equal" else ""
    text = _page()["levers"].get(column)
    if text is None:
        return f"{lever(column)} {plain(value)}"
    one = value == 1 and str(value) != "True"
    return text.format(value=plain(value)).removesuffix("s" if one else "\0")


def plain(value):
    """A value of a lever: '16', '2.5', 'none', 'teaching quality'."""
    if isinstance(value, float):
        return "none" if value != value else f"{value:g}"
    if str(value) in ("True", "False"):  # of Python or of numpy
        return "yes" if value else "no"
    return "none" if value is None else _plain(value)


def lever(column):
    """A lever's name without its group: 'supervision.protected_days' is 'protected days'."""
    return _plain(column.split(".")[-1])


def lever_in_words(column):
    """A lever's name where its group says what it is of: 'pd.days' is 'PD days'."""
    text = _page()["lever_names"].get(column)
    return text or lever(column)


def factor(column):
    """Anything that a design varies: 'PD days', or with its group 'turnover: base rate'."""
    text = _page()["lever_names"].get(column)
    group, dot, name = column.partition(".")
    if text or not dot:
        return text or _plain(column)
    known = _page()["spelling"]
    named = " ".join(known.get(word, word) for word in _plain(name).split(" "))
    return f"{known.get(group, _plain(group))}: {named}"


def lever_group(column):
    """The group of a lever: 'research_use.coach_days' is of 'research use'."""
    words_of_it = _plain(column.split(".")[0])
    return _page()["spelling"].get(words_of_it, words_of_it)


def task(name):
    """A task as readers know it."""
    return _page()["tasks"].get(name, _plain(name))


def tasks():
    """Tasks in the order in which bars show them."""
    return list(_page()["tasks"])


def experiment(name):
    """What words.yaml says of an experiment: question, outcomes, reference, time_use; or {}."""
    return _page()["experiments"].get(name, {})


def main_outcomes(name):
    """Outcomes that a report shows of an experiment."""
    return list(experiment(name).get("outcomes", _page()["main_outcomes"]))


def main_groups(name, outcome_name, groups):
    """Which of the groups of an outcome a report shows: those named for it, else all, else each."""
    wanted = experiment(name).get("groups", {}).get(outcome_name, ["all"])
    found = [group for group in wanted if group in groups]
    return found or list(groups)


def several(number, noun):
    """'1 school', '2 schools'."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(words):
    """'a', 'a and b', 'a, b and c'."""
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _plain(name):
    return str(name).replace("_", " ").strip()


@cache
def _page():
    return read_yaml(Path(__file__).with_suffix(".yaml"))
