"""Validation, schools: real schools and districts beside simulated ones; a section of the page.

Numbers of real schools are in figures_of_schools.yaml, which `real_data` makes; what they are,
and what stands beside them, is said in validation_schools.yaml.
"""

from dataclasses import dataclass, fields
from pathlib import Path

from districtsim.study.analysis import interval
from districtsim.study.published import HIT, MISS, SHOWN
from districtsim.study.runs import run_seed
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest
from districtsim.world.yaml_files import read_yaml

PAGE = Path(__file__).with_suffix("").with_name("validation_schools.yaml")
FIGURES = PAGE.with_name("figures_of_schools.yaml")
HEAD = """\
# Figures of real schools and districts, with standard errors and the number they rest on. Made by
# `districtsim docs validation --data DIR`; do not edit. validation_schools.yaml says what each is,
# from which source and how it was worked out; size and district deciles are numbers of schools.
"""
DECILES = range(1, 10)
ERRORS, PART = 2.0, 0.1  # standard errors, part of the figure: what counts as a hit


@dataclass(frozen=True)
class SchoolFigure:
    """A figure of real schools and the quantity to set beside it; see validation_schools.yaml.

    value, error, n  of the real figure; nothing where it cannot be had
    """

    name: str
    topic: str
    quantity: str
    unit: str
    source: str
    how: str
    real: str = ""
    measure: str = ""
    published: str = ""
    sets: str = ""
    note: str = ""
    judged: bool = True
    known_miss: str = ""
    value: float | None = None
    error: float | None = None
    n: int | None = None

    def verdict(self, value):
        """HIT, MISS or SHOWN for a simulated value."""
        if not self.judged or self.value is None or value != value:
            return SHOWN
        around = max(ERRORS * self.error, PART * abs(self.value))
        return HIT if abs(value - self.value) <= around else MISS


def load(path=PAGE, figures=FIGURES):
    """The page's settings and its SchoolFigures: ({key: value}, (SchoolFigure, ...)).

    Raises SettingError where a figure has no number or says something unknown.
    """
    page, real = read_yaml(path), read_yaml(figures)["figures"]
    known, found = [f.name for f in fields(SchoolFigure)], []
    for topic, entries in page["topics"].items():
        for name, given in entries.items():
            for key in given:
                if key not in known:
                    at = f"{path}: {name}: '{key}' is not known.{nearest(key, known)}"
                    raise SettingError(at)
            wanted = given.get("real", name)
            number = {} if "published" in given else real.get(wanted)
            if number is None or given["source"] not in page["sources"]:
                raise SettingError(
                    f"{path}: {name}: {figures.name} has no '{wanted}', or there is no source "
                    f"'{given['source']}'.{nearest(wanted, real)}"
                )
            measure = given.get("measure", name)
            found.append(
                SchoolFigure(**{**given, **number, "name": name, "topic": topic,
                                "measure": measure})
            )  # fmt: skip
    page["figures"] = real
    return page, tuple(found)


def renew(folder, path=FIGURES):
    """Work out the figures of real schools from the files in a folder and write them; see
    `real_data` for what it must hold."""
    import yaml

    from districtsim.study.real_data import figures
    from districtsim.world.files import write_atomically

    found = yaml.safe_dump({"figures": figures(folder)}, sort_keys=False, default_flow_style=None)
    write_atomically(path, HEAD + found)


def simulate(page, each=map):
    """{name: [mean, low, high]} of everything that stands beside a real figure.

    page  what `load` gives first
    each  a map: calls a function for each item, in order; such as `Workers.map`
    """
    from districtsim.study import counterparts as c

    real = page["figures"]
    of_schools = [real[f"size_decile_{d}"]["value"] for d in DECILES]
    of_principals = [real[f"district_decile_{d}"]["value"] for d in DECILES]
    low_income = [real[f"poverty_decile_{d}"]["value"] for d in DECILES]
    seed = page["seed"]
    found = {}
    groups = (
        (c.districts(of_schools, low_income), lambda name: not name.startswith("principals")),
        (c.districts(of_principals, low_income), lambda name: name.startswith("principals")),
    )
    for districts, wanted in groups:
        jobs = [
            c.Job(district, c.YEARS, run_seed(seed + place, replicate))
            for replicate in range(1, page["replicates"] + 1)
            for place, district in enumerate(districts)
        ]
        seen = list(each(c.watch, jobs))
        size = len(districts)
        values = [c.quantities(seen[i : i + size]) for i in range(0, len(seen), size)]
        for name in filter(wanted, values[0]):
            found[name] = list(interval([value[name] for value in values]))
    for name in real:
        if name.startswith("size_") and "decile" not in name:
            span = name.removeprefix("size_")
            for kind in ("dissimilarity", "between_schools"):
                found[f"{kind}_{span}"] = list(interval(c.apart(real[name]["value"], kind)))
    return found


def section(page, figures, simulated):
    """The section as Markdown."""
    from districtsim.study.validation_page import shown

    topics = {}
    for figure in figures:
        topics.setdefault(figure.topic, []).append(figure)
    return "\n\n".join(
        [
            "## Against real schools",
            _how(page, figures, simulated),
            *(_topic(topic, of, simulated, shown) for topic, of in topics.items()),
        ]
    )


def _how(page, figures, simulated):
    judged = [(f, f.verdict(simulated[f.measure][0])) for f in figures]
    rows = []
    for words, used in (("used to set a number", True), ("not used", False)):
        verdicts = [v for f, v in judged if bool(f.sets) == used and v != SHOWN]
        hits = verdicts.count(HIT)
        rows.append(f"| {words} | {len(verdicts)} | {hits} | {len(verdicts) - hits} |")
    sources = "\n".join(f"- *{name}*: {words}." for name, words in page["sources"].items())
    return "\n\n".join(
        [
            page["made"].strip().replace("{replicates}", str(page["replicates"])),
            page["tolerance"].strip(),
            "| figures | judged | hits | misses |\n|---|---|---|---|\n" + "\n".join(rows),
            f"Sources:\n\n{sources}",
        ]
    )


def _topic(topic, figures, simulated, shown):
    rows = [
        "| quantity | real ± standard error (n) | simulated | source | used to set | verdict |",
        "|---|---|---|---|---|---|",
    ]
    notes = {}
    for f in figures:
        mean, low, high = simulated[f.measure]
        unit, verdict = f.unit, f.verdict(mean)
        real = f.published or (f"{shown(f.value, unit)} ± {_error(f.error, unit, shown)} ({f.n:,})")
        rows.append(
            f"| {f.quantity} | {real} | {shown(mean, unit)} ({shown(low, unit)} to "
            f"{shown(high, unit)}) | {f.source} | {f.sets or 'nothing'} | {verdict} |"
        )
        why = f.known_miss.strip() or "No reason is known yet."
        words = [f"{f.how.strip()}.", f.note.strip(), f"Miss: {why}" * (verdict == MISS)]
        notes.setdefault(" ".join(word for word in words if word), []).append(f.quantity)
    said = "\n".join(f"- *{'; '.join(whose)}:* {words}" for words, whose in notes.items())
    return f"### {topic}\n\n" + "\n".join(rows) + f"\n\n{said}"


def _error(error, unit, shown):
    return shown(error, unit).removesuffix(" %") + (" points" if unit == "share" else "")
