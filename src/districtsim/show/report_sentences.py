"""Report sentences: what each policy changes, as one would tell a superintendent."""

from html import escape

from districtsim.show import arms, words
from districtsim.study import analysis

MOST_ARMS, MOST_OUTCOMES = 6, 4


def told(values, shown, reference=None):
    """HTML list of sentences: for each arm, what it changes in each of the main outcomes.

    values   tidy, yearly and weekly; shown  {outcome: groups}
    returns  "" where there is nothing to compare, or only one replicate
    """
    arms_of, base = _effects(values, shown, reference)
    items = []
    for arm, rows in arms_of.items():
        texts = [_sentence(row) for row in rows]
        told = " ".join(text for text in texts if text)
        if told:
            items.append(f"<li><strong>{escape(arm)}.</strong> {escape(told)}</li>")
    if not items:
        return ""
    start = f"Compared with {base}, after {_years(values)}, under the same luck:"
    return f'<p>{escape(start)}</p>\n<ul class="answers">\n' + "\n".join(items) + "\n</ul>"


def standardised(values, shown, reference=None):
    """Rows for a paper, or []: arm, outcome, difference, d_z, g, share higher, p corrected."""
    arms_of, _ = _effects(values, shown, reference)
    return [(arm, row) for arm, rows in arms_of.items() for row in rows]


def _effects(values, shown, reference):
    """{arm: rows of `analysis.effects` of the last year, in the order of `shown`}, the baseline."""
    yearly = values[values["week"].isna() & values["value"].notna()]
    yearly = yearly[yearly["outcome"].isin(list(shown)[:MOST_OUTCOMES])]
    if not len(yearly):
        return {}, ""
    last = yearly[yearly["year"] == yearly["year"].max()]
    labelled = arms.label(last, (), reference)
    base = arms.baseline_name(labelled, reference)
    if labelled["arm"].nunique() < 2 or labelled["replicate"].nunique() < 2:
        return {}, base
    table = analysis.effects(labelled, base, arm="arm")
    places = {(o, g): (i, k) for i, o in enumerate(shown) for k, g in enumerate(shown[o][:1])}
    found = {}
    for row in table.to_dict("records"):
        if (row["outcome"], row["group"]) in places:
            found.setdefault(row["arm"], []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: places[row["outcome"], row["group"]])
    return dict(list(found.items())[:MOST_ARMS]), base


def _sentence(row):
    """'Leadership: higher by 0.10 SD, which is better, in 19 of 20 simulated futures.'"""
    word = words.outcome(row["outcome"])
    count = int(row["replicates"])
    label = word.label if row["group"] == "all" else f"{word.label}, {words.group(row['group'])}"
    change = row["difference"]
    if not change and row["low"] == row["high"]:
        return f"{label}: no change."
    share = row["higher"] if change > 0 else 1 - row["higher"]
    times = round(share * count)
    settled = row["low"] > 0 or row["high"] < 0
    if not settled:
        return f"{label}: not settled by {count} simulated futures."
    way = "higher" if change > 0 else "lower"
    better = {way: ", which is better", "neither": ""}.get(word.better, ", which is worse")
    amount, low, high = word.numbers(
        abs(change), *sorted(abs(row[end]) for end in ("low", "high")),
        spread=(row["high"] - row["low"]) / 2,
    )  # fmt: skip
    unit = " percentage points" if word.percent else f" {word.change}"
    how = f"{amount}{unit}" if amount == low == high else f"{amount}{unit} ({low} to {high})"
    return f"{label}: {way} by {how}{better}, in {times} of {count} simulated futures."


def _years(values):
    return words.several(int(values["year"].max()), "year")
