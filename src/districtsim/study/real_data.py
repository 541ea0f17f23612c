"""Real data: figures of real schools and districts, from public files that the package lacks.

`districtsim docs validation --data DIR` reads the files below and writes figures_of_schools.yaml
anew; a figure is a value with its standard error and the number it rests on. No row of a file gets
into the package. DIR holds

    nc_report_card_2016-17/   profile.csv.gz, personnel.csv.gz, spg.csv.gz, acc-ed-rates.csv.gz
    tennessee_star/           star.csv.gz
    nces_school_search/       washington_schools_2022-23.csv (or .csv.gz)
"""

from pathlib import Path

import numpy as np

from districtsim.study import school_statistics as s
from districtsim.study.segregation import between_schools, dissimilarity
from districtsim.world.errors import SettingError

CAROLINA, STAR = "nc_report_card_2016-17", "tennessee_star"
WASHINGTON = "nces_school_search/washington_schools_2022-23.csv"
FEWEST_SCHOOLS = 10  # of a district whose schools are compared with each other
FEWEST_PUPILS, FEWEST_TEACHERS = 50, 5  # of a school; smaller ones are programmes
SIZES = ((2, 4), (5, 9), (10, 19), (20, 39), (40, 199))  # schools of a district


def figures(folder):
    """{name: {"value", "error", "n"}} of everything; and what simulations take over: sizes.

    Raises SettingError where a file is missing or lacks a column.
    """
    folder = Path(folder)
    found = {}
    for name, (value, error, number) in {
        **carolina(folder / CAROLINA),
        **principals(folder / CAROLINA),
        **star(folder / STAR),
        **washington(folder / WASHINGTON),
    }.items():
        entry = {"value": float(f"{value:.4g}")}
        entry |= {} if error is None else {"error": float(f"{error:.2g}")}
        found[name] = entry | {"n": int(number)}
    return found


def _read(path, columns, **how):
    import pandas as pd

    if not path.is_file():
        zipped = path.with_name(path.name + ".gz")
        if not zipped.is_file():
            raise SettingError(f"--data: {path}: no such file; see study/real_data.py for what is.")
        path = zipped
    table = pd.read_csv(path, **how)
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise SettingError(f"--data: {path}: has no column '{missing[0]}'.")
    return table[list(columns)]


def _of_schools(folder, name, columns):
    """A Carolina file, one row a school, by its code."""
    code = "unit_code"
    table = _read(folder / f"{name}.csv.gz", (code, *columns), dtype={code: str})
    return table.drop_duplicates(code).set_index(code)


def carolina_schools(folder):
    """Carolina's schools as a table (see school_statistics): public schools, not charter, of
    districts with ten or more. `novice`: share of teachers with 0 to 3 years; `left`: one-year
    turnover; `passing`: share of pupils at grade level, per cent; `growth`: EVAAS index. A
    low-income share of 0 stands for under 5 % and is taken as 2.5 %."""
    import pandas as pd

    people = _of_schools(
        folder,
        "personnel",
        ("class_teach_num", "tchyrs_0thru3_pct", "_1yr_tchr_trnovr_pct"),
    )
    schools = people.join(_of_schools(folder, "profile", ("type_cd", "student_num")))
    schools = schools.join(_of_schools(folder, "acc-ed-rates", ("pct_eds",)))
    scores = ("Overall Achievement Score", "EVAAS Growth Score")
    schools = schools.join(_of_schools(folder, "spg", scores))
    schools = schools[~schools.index.str.endswith("LEA") & (schools.type_cd == "P")]
    schools.columns = ["teachers", "novice", "left", "type", "pupils", "low_income", "passing",
                       "growth"]  # fmt: skip
    schools = schools.drop(columns="type").apply(pd.to_numeric, errors="coerce")
    schools["low_income"] = schools.low_income.where(schools.low_income > 0, 2.5) / 100.0
    schools["district"] = schools.index.str[:3].astype(int)
    whole = schools.drop(columns=["passing", "growth"]).notna().all(axis=1)
    whole &= (schools.pupils >= FEWEST_PUPILS) & (schools.teachers >= FEWEST_TEACHERS)
    schools = schools[whole]
    number = schools.groupby("district").pupils.transform("size")
    return schools[number >= FEWEST_SCHOOLS]


def _table(frame):
    return {name: frame[name].to_numpy(float) for name in frame.columns}


def carolina(folder):
    """Teachers, scores and growth against poverty."""
    from scipy.special import ndtri

    schools = carolina_schools(folder)
    found = {}

    def add(frame, name, figure):
        table = _table(frame)
        value, error = s.jackknife(lambda kept: figure(s.kept(table, kept)), table["district"])
        found[name] = (value, error, len(frame))

    for name in ("novice", "left"):
        add(schools, f"{name}_all", lambda t, name=name: s.share(t, name))
        for q in (1, 4):
            add(schools, f"{name}_quartile_{q}", lambda t, n=name, q=q: s.share_in(t, n, q))
        add(schools, f"{name}_gap", lambda t, name=name: s.poor_less_rich(t, name))
        add(schools, f"{name}_spread", lambda t, name=name: s.lasting_spread(t, name))
        add(schools, f"{name}_lasting", lambda t, name=name: s.lasting_part(t, name))
    add(schools, "novice_with_left", lambda t: s.correlation(t, "novice", "left"))
    tested = schools[schools.passing.between(1, 99)].copy()
    tested["score"] = ndtri(tested.passing / 100.0)
    add(tested, "score_slope", lambda t: s.slope(t, "score", "low_income"))
    add(tested, "score_correlation", lambda t: s.correlation(t, "score", "low_income"))
    grown = schools[schools.growth.notna()]
    add(grown, "growth_correlation", lambda t: s.correlation(t, "growth", "low_income"))
    weighed = (schools.low_income * schools.pupils).groupby(schools.district).sum()
    poor = weighed / schools.groupby("district").pupils.sum()
    sizes = schools.groupby("district").size()
    for decile in range(1, 10):
        found[f"size_decile_{decile}"] = (np.quantile(sizes, decile / 10), None, len(sizes))
        found[f"poverty_decile_{decile}"] = (np.quantile(poor, decile / 10), None, len(sizes))
    return found


def principals(folder):
    """Principals' turnover over districts, each with as many principals as schools in the file."""
    columns = ("unit_code", "_1yr_prin_trnovr_pct")
    people = _read(folder / "personnel.csv.gz", columns, dtype={"unit_code": str})
    number = people.unit_code[~people.unit_code.str.contains("LEA|[A-Z]", regex=True)]
    number = number.drop_duplicates().str[:3].value_counts()
    rows = people[people.unit_code.str.endswith("LEA")].drop_duplicates("unit_code").dropna()
    rows = rows.set_index(rows.unit_code.str[:3])._1yr_prin_trnovr_pct
    rows = rows[rows.index.isin(number.index)]
    rates, schools = rows.to_numpy(), number[rows.index].to_numpy(float)
    found = {}
    for name, figure in (
        ("principals_left", lambda r, n: float(np.average(r, weights=n))),
        ("principals_over_chance", s.over_chance),
    ):
        places = np.arange(len(rates))
        value, error = s.jackknife(lambda kept, f=figure: f(rates[kept], schools[kept]), places)
        found[name] = (value, error, len(rates))
    for decile in range(1, 10):
        found[f"district_decile_{decile}"] = (np.quantile(schools, decile / 10), None, len(rates))
    return found


def star(folder):
    """Schools, classrooms, income and new teachers in Tennessee's experiment, grades K to 3."""
    import pandas as pd

    columns = ("sch", "gr", "cltype", "exp", "read", "math", "ses", "schtype", "tch")
    pupils = _read(folder / "star.csv.gz", columns)
    parts = []
    for subject, score in (("ela", "read"), ("mathematics", "math")):
        of = pupils.dropna(subset=[score]).copy()
        scores = of.groupby("gr")[score]
        of["z"] = (of[score] - scores.transform("mean")) / scores.transform("std")
        kind = of.groupby(["gr", "cltype"]).z.transform("mean")  # small classes learn more
        of["z"], of["subject"] = of.z - kind, subject
        parts.append(of)
    both = pd.concat(parts)
    both["room"] = both.groupby(["subject", "gr", "sch", "tch"]).ngroup()
    both["home"] = both.groupby(["subject", "gr", "sch"]).ngroup()
    in_place = both.z - both.groupby(["subject", "gr", "schtype"]).z.transform("mean")
    schools = both.sch.to_numpy()
    found = {}

    def add(name, frame, figure):
        home = frame.sch.to_numpy()
        value, error = s.jackknife(lambda kept: figure(frame[np.isin(home, kept)]), schools)
        found[name] = (value, error, len(np.unique(home)))

    def parts_of(frame, which, score="z"):
        shares = s.variance_parts(*(frame[c].to_numpy() for c in (score, "room", "home")))
        return shares[which]

    add("schools_part", both, lambda f: parts_of(f, 0))
    placed = both.assign(placed=in_place)
    add("schools_part_in_place", placed, lambda f: parts_of(f, 0, "placed"))
    for subject in ("mathematics", "ela"):
        one = both[both.subject == subject]
        add(f"classrooms_part_{subject}", one, lambda f: parts_of(f, 1))
    add("lunch_gap", both.dropna(subset=["ses"]), lambda f: _difference(f, f.ses == "F", "home"))
    known = both.dropna(subset=["exp"])
    known = known.assign(like=known.groupby(["home", "cltype"]).ngroup())
    add("new_teacher", known, lambda f: _difference(f, f.exp < 3, "like"))
    return found


def _difference(frame, chosen, group):
    """Mean score of the others less that of the chosen, within groups."""
    x = chosen.astype(float)
    x = x - x.groupby(frame[group]).transform("mean")
    y = frame.z - frame.groupby(group).z.transform("mean")
    return float(-(x * y).sum() / (x * x).sum())


def washington(path):
    """Segregation of low-income pupils over the schools of districts, by number of schools."""
    import pandas as pd

    columns = ("NCES District ID", "Students*", "Free Lunch*", "Reduced Lunch*", "Type")
    schools = _read(path, columns, dtype=str)
    schools = schools[schools.Type == "Regular"]
    numbers = schools.iloc[:, 1:4].apply(pd.to_numeric, errors="coerce")
    low = numbers.iloc[:, 1] + numbers.iloc[:, 2]
    whole = numbers.notna().all(axis=1) & (numbers.iloc[:, 0] > 0)
    frame = pd.DataFrame({
        "district": schools.iloc[:, 0], "pupils": numbers.iloc[:, 0], "low": low,
    })[whole]  # fmt: skip
    frame["low"] = np.minimum(frame.low, frame.pupils)
    rows = []
    for _, district in frame.groupby("district"):
        group = district.low.to_numpy()
        others = district.pupils.to_numpy() - group
        if len(group) > 1 and group.sum() > 0 and others.sum() > 0:
            apart = dissimilarity(group, others), between_schools(group, others)
            rows.append((len(group), district.pupils.sum(), *apart))
    rows, found = np.array(rows), {}
    for low, high in SIZES:
        of = rows[(rows[:, 0] >= low) & (rows[:, 0] <= high)]
        places = np.arange(len(of))
        for column, name in ((2, "dissimilarity"), (3, "between_schools")):
            value, error = s.jackknife(lambda kept, of=of, c=column: of[kept, c].mean(), places)
            found[f"{name}_{low}_to_{high}"] = (value, error, len(of))
        found[f"size_{low}_to_{high}"] = (np.median(of[:, 0]), None, len(of))
    return found
