"""Outcomes: what a record says came of a run, read from its values without loading them all."""

from pathlib import Path

from districtsim.study.results import VALUES

MOST = 1000  # numbers in a record; the table has the rest


def headlines(folder):
    """{"policy: outcome": mean in the last year} over everything run, for the group "all".

    Empty if the folder has no finished values.
    """
    import pyarrow.compute as pc
    import pyarrow.dataset

    path = Path(folder) / VALUES
    if not path.is_file():
        return {}
    table = pyarrow.dataset.dataset(path)
    if table.count_rows() == 0:
        return {}
    last = pc.max(table.to_table(columns=["year"])["year"])
    chosen = table.to_table(
        columns=["policy", "outcome", "value"],
        filter=(pc.field("year") == last)
        & (pc.field("group") == "all")
        & pc.is_null(pc.field("week")),
    )
    chosen = chosen.unify_dictionaries()  # each part of a large table has its own
    found = chosen.group_by(["policy", "outcome"], use_threads=False).aggregate([("value", "mean")])
    rows = found.to_pylist()[:MOST]
    return {f"{row['policy']}: {row['outcome']}": row["value_mean"] for row in rows}
