"""Arms: what a table compares, policies and varied levers alike, with labels for people."""

from districtsim.show import words
from districtsim.study import analysis
from districtsim.study.results import COLUMNS, NUMBERS_OF_RUNS

DISTRICT = "district"
BUDGET, EQUAL = "budget", "equal"  # "as it costs", or "equal": something else pays the difference


def varied(values):
    """Columns that differ between the runs of a tidy table: policy and whatever a design varied."""
    known = {*COLUMNS, *NUMBERS_OF_RUNS, "arm"}
    others = [column for column in values.columns if column not in known]
    return [
        c
        for c in ("policy", *others)
        if c in values.columns and values[c].nunique(dropna=False) > 1
    ]


def label(values, apart=(), reference=None):
    """The table with a column `arm` that says in words which runs a row is of.

    apart      columns shown in another way, such as on an axis, and left out of the words
    reference  as for `baseline`; an arm is called by what differs from it, the baseline by all
    returns    a copy; `arm` is a category in the order in which the arms come
    """
    import pandas as pd

    columns = [column for column in varied(values) if column not in apart] or ["policy"]
    start = baseline(values, reference)
    code = values.groupby(columns, observed=True, sort=False, dropna=False).ngroup()
    first = values.loc[~code.duplicated(), columns]
    texts = [_called(dict(zip(columns, row)), start) for row in first.itertuples(index=False)]
    return values.assign(arm=pd.Categorical.from_codes(code, _told_apart(texts)))


def _called(arm, start):
    differs = {c: v for c, v in arm.items() if c in start and not _equal(v, start[c])}
    shown = {c: v for c, v in arm.items() if c in differs or c not in start} if differs else arm
    texts = [words.setting(column, value) for column, value in shown.items()]
    return ", ".join(text for text in texts if text)


def names(labelled):
    """Arms of a labelled table, in order."""
    return list(dict.fromkeys(labelled["arm"]))


def baseline(values, reference=None):
    """The arm that the others are compared with, as {column: value}.

    reference  {column: value}, such as 16 principals per supervisor; a value that was not run gives
               way to the nearest that was. Without it, the first value of everything that varies.
    """
    found = {}
    for column in varied(values):
        if column == DISTRICT:
            continue
        there = list(values[column].unique())
        wanted = (reference or {}).get(column, there[0])
        found[column] = wanted if wanted in there else _nearest(there, wanted)
    return found


def baseline_name(labelled, reference=None):
    """What a labelled table calls the baseline, '' if it is empty."""
    rows = labelled
    for column, value in baseline(labelled, reference).items():
        rows = rows[_is(rows[column], value)]
    return (names(rows) or names(labelled) or [""])[0]


def differences(values, reference=None):
    """Every arm less the baseline arm, paired by replicate; within districts if there are several.

    returns  as `analysis.paired_differences`, with the `arm` as `label` calls it in place of the
             policy, and what the baseline is in words; None and the words if there is but one arm
    """
    several = [DISTRICT] if DISTRICT in varied(values) else []
    labelled = label(values, several, reference)
    name = baseline_name(labelled, reference)
    if labelled["arm"].nunique() < 2:
        return None, name
    found = analysis.paired_differences(labelled, name, arm="arm", by=several)
    return _in_full(found, labelled, label(values, (), reference)) if several else found, name


def _in_full(found, labelled, full):
    """Differences within districts, their arms with the district in the words."""
    both = labelled[["arm", DISTRICT]].assign(full=full["arm"].astype(str)).drop_duplicates()
    found = found.merge(both.astype({"arm": str}), on=["arm", DISTRICT])
    return found.assign(arm=found["full"]).drop(columns=["full", DISTRICT])


def means(labelled, by=("arm",)):
    """Means over replicates with intervals, as `analysis.means`, by arm."""
    return analysis.means(labelled, by=tuple(by))


def weekly_means(labelled):
    """Means over replicates with intervals for every week: arm, at (week), group, mean, low, high.

    To `analysis.means` the week is one more thing that varies.
    """
    weekly = labelled[labelled["week"].notna()]
    return analysis.means(weekly.assign(at=weekly["week"], week=float("nan")), by=("arm", "at"))


def one_at_a_time(values, reference=None):
    """The rows of the baseline and of arms that differ from it in one thing, at any budget."""
    start = {c: v for c, v in baseline(values, reference).items() if c != BUDGET}
    apart = sum((~_is(values[column], value)).astype(int) for column, value in start.items())
    return values[apart <= 1] if start else values


def at_cost(values):
    """The rows that are not at an equal budget."""
    return values[values[BUDGET] != EQUAL] if BUDGET in values.columns else values


def replicates(values):
    """'20', or '18 to 20' where some runs failed: replicates behind each arm of a tidy table."""
    columns = varied(values) or ["policy"]
    counts = values.groupby(columns, observed=True, dropna=False)["replicate"].nunique()
    low, high = (int(counts.min()), int(counts.max())) if len(counts) else (0, 0)
    return f"{low}" if low == high else f"{low} to {high}"


def _is(column, value):
    return column.isna() if value != value else column == value  # an empty lever is not a number


def _equal(one, other):
    return one == other or (one != one and other != other)


def _nearest(there, wanted):
    try:
        return min(there, key=lambda value: abs(float(value) - float(wanted)))
    except (TypeError, ValueError):
        return there[0]


def _told_apart(texts):
    """The texts, numbered where two are the same ('coach_led' and 'coach led')."""
    return [f"{t} ({texts[:i].count(t) + 1})" if t in texts[:i] else t for i, t in enumerate(texts)]
