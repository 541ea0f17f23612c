"""Sources: which runs a figure shows, for its caption."""

from districtsim.show import words


def source_of(results):
    """What was run and where it is kept, for captions: 'run results/demo/1 (Tacoma, ...)'."""
    runs = results.runs
    parts = [
        words.listed(words.setting("district", d) for d in runs["district"].unique()),
        words.several(int(runs["years"].max()), "year"),
        f"seed {words.listed(map(str, runs['seed'].unique()))}",
        f"districtsim {words.listed(runs['version'].unique())}",
    ]
    where = f"run {results.folder}" if results.folder else "runs kept in memory"
    return f"{where} ({', '.join(parts)})"
