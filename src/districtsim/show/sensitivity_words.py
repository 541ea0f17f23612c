"""Sensitivity words: what a table of sensitivity, a box and a split of variance say, in sentences.

`about` is {"outcome", "group", "year", "policy", "against"}, as for the figures.
"""

from districtsim.show import words
from districtsim.show.plots_sensitivity import in_words
from districtsim.study import analysis

LITTLE = 0.05  # of the variance, or of the strongest effect: below it a number "does little"
NAMED = 3
HEADINGS = {
    "sobol": {"strength": "% of variance", "low": "low", "high": "high", "alone": "alone"},
    "morris": {"strength": "mean effect", "low": "low", "high": "high", "spread": "spread"},
    "one_at_a_time": {"strength": "low to high", "low": "low", "high": "high"},
    "latin_hypercube": {"strength": "low to high", "low": "low", "high": "high",
                        "alone": "% alone"},
}  # fmt: skip


def about(response, units=None):
    """What figures and sentences have to know of a Response."""
    names = ("outcome", "group", "year", "policy", "against")
    return {**{name: getattr(response, name) for name in names}, "units": units or {}}


def rows(table, about):
    """A row for each number: number, unit, strength, low, high, perhaps alone or spread, says."""
    method = table.attrs["method"]
    strongest = max((abs(_strength(method, row)[0]) for row in table.to_dict("records")), default=0)
    found = []
    for row in table.to_dict("records"):
        strength, low, high = _strength(method, row)
        line = {"number": words.factor(row["name"]), "unit": about["units"].get(row["name"], ""),
                "strength": strength, "low": low, "high": high}  # fmt: skip
        if method in ("sobol", "latin_hypercube"):
            line["alone"] = 100 * row["first"]
        if method == "morris":
            line["spread"] = row["sigma"]
        found.append({**line, "says": _says(method, row, strength, low, high, strongest)})
    return found


def headings(method):
    """Columns of the table of `rows` with their headings."""
    return {"number": "number", "unit": "unit", **HEADINGS[method], "says": "what it does"}


def scale(method, about):
    """What the numbers of the table are, in words."""
    word = words.outcome(about["outcome"])
    if method == "sobol":
        return (
            "Strength: share of the variance between draws that goes with the number, alone and "
            "together with others (total Sobol index), with 95 % intervals."
        )
    unit = word.unit if word.percent else word.change
    what = {
        "morris": "Strength: mean size of the effect of moving a number over its range (Morris μ*)",
        "one_at_a_time": "Strength: change from the lowest to the highest value of a number, the "
        "rest as usual",
        "latin_hypercube": "Strength: change from the lowest to the highest value of a number, the "
        "rest alike (linear fit)",
    }[method]
    return f"{what}, in {unit}, with 95 % intervals."


def summary(table, about):
    """What moves the outcome most, in two sentences."""
    method = table.attrs["method"]
    lines = rows(table, about)
    strongest = max((abs(line["strength"]) for line in lines), default=0)
    strong = [line for line in lines if _moves(method, line, strongest)]
    what = _it(about)
    if not strong:
        return f"{what} moves with none of the {len(lines)} numbers in a way that can be told."
    named = words.listed(_with_strength(method, line, about) for line in strong[:NAMED])
    rest = len(lines) - len(strong)
    others = len(strong) - NAMED
    more = f"; {others} more matter{'s' if others == 1 else ''}" if others > 0 else ""
    little = f" The other {rest} do little or nothing that can be told." if rest else ""
    return f"{what} moves most with {named}{more}.{little}"


def over_draws(response, about, method):
    """How a policy does over all points of the design: mean, middle 80 %, share that is better."""
    drawn = method in ("sobol", "latin_hypercube")
    points = "draws of the numbers" if drawn else "points of the design"
    import numpy as np

    word = words.outcome(about["outcome"])
    kept = analysis.independent(response).complete.mean
    if not len(kept):
        return "No draw is complete yet."
    low, high = np.quantile(kept, (0.1, 0.9))
    texts = word.numbers(kept.mean(), low, high, sign=True, spread=(high - low) / 2)
    unit = "percentage points" if word.percent else word.change
    if word.better == "neither":
        side, share = "higher", (kept > 0).mean()
    else:
        side, share = "better", ((kept > 0) if word.better == "higher" else (kept < 0)).mean()
    return (
        f"{_capital(in_words(about))} is {texts[0]} {unit} on average over {len(kept)} {points} "
        f"(middle 80 %: {texts[1]} to {texts[2]}); {side} in {100 * share:.0f} % of them."
    )


def the_same(response, about):
    """That the outcome is the same in all draws."""
    word = words.outcome(about["outcome"])
    number = word.numbers(float(response.mean[0]), sign=bool(about["against"]))[0]
    unit = "percentage points" if word.percent else word.change
    return (
        f"{_capital(in_words(about))} is {number} {unit} in all {len(response.points)} draws: "
        "none of the numbers moves it, and neither does luck."
    )


def luck(split, about):
    """What is luck and what is ignorance, in a sentence."""
    word = words.outcome(about["outcome"])
    parts = {row["source"]: row for row in split.to_dict("records")}
    of_luck = parts["luck"]["share"] + parts["both"]["share"]
    unit = "percentage points" if word.percent else word.change
    spreads = [word.numbers(parts["ignorance"]["spread"])[0]]
    chance = (parts["luck"]["spread"] ** 2 + parts["both"]["spread"] ** 2) ** 0.5
    spreads.append(word.numbers(chance)[0])
    ends = parts["ignorance"]
    return (
        f"Of the spread of single runs, {100 * ends['share']:.0f} % of the variance "
        f"({100 * ends['low']:.0f} to {100 * ends['high']:.0f} %) is not knowing the numbers "
        f"(standard deviation {spreads[0]} {unit}) and {100 * of_luck:.0f} % is luck "
        f"({spreads[1]})."
    )


def failure(found, about, threshold, below=True):
    """Where a policy fails, as a Box says it, in sentences."""
    word = words.outcome(about["outcome"])
    side = "above" if below else "below"
    what, least = _it(about), _threshold(word, threshold)
    if not found.failing:
        return f"{what} is {side} {least} in all {found.points} draws: it never fails."
    if found.failing == found.points:
        return f"{what} is {side} {least} in none of the {found.points} draws: it always fails."
    start = f"{what} is not {side} {least} in {found.failing} of {found.points} draws"
    if not found.limits:
        return f"{start}. No few numbers say where."
    where = " and ".join(map(limit, found.limits))
    text = (
        f"{start}. Most of these lie where {where}: there it fails in {found.failing_inside} of "
        f"{found.inside} draws (density {100 * found.density:.0f} %, {100 * found.overall:.0f} % "
        f"overall), which are {100 * found.coverage:.0f} % of all failures (coverage)."
    )
    if found.unseen_density == found.unseen_density:
        text += (
            f" On draws it was not fitted to: density {100 * found.unseen_density:.0f} %, coverage "
            f"{100 * found.unseen_coverage:.0f} %."
        )
    return text


def limit(one):
    """One limit of a box: 'time use: meetings is above 0.2'."""
    return f"{words.factor(one.name)} is {'above' if one.above else 'at most'} {one.value:.3g}"


def failing(response, threshold=0.0, below=None):
    """Which points fail: (points,) bool of the complete points, and whether failing is `below`.

    below  whether an outcome below the threshold fails; None for what words.yaml says is worse
    """
    if below is None:
        below = words.outcome(response.outcome).better != "lower"
    mean = response.mean
    return (mean <= threshold if below else mean >= threshold), below


def boxes(response, threshold=0.0, below=None):
    """(Box, table of `analysis.regional` or None, whether failing is below), of complete points."""
    failed, below = failing(response, threshold, below)
    found = analysis.box(response.factors, failed)
    few = min(failed.sum(), (~failed).sum()) < 2
    return found, None if few else analysis.regional(response.factors, failed), below


def _it(about):
    """The outcome; a difference has been named by `over_draws` before."""
    return "It" if about.get("against") else _capital(in_words(about))


def _capital(text):
    return text[:1].upper() + text[1:]


def _strength(method, row):
    if method == "sobol":
        return 100 * row["total"], 100 * row["total_low"], 100 * row["total_high"]
    name = "mu_star" if method == "morris" else "swing"
    return row[name], row["low"], row["high"]


def _moves(method, line, strongest):
    if method == "sobol":
        return line["low"] > 0 and line["strength"] > 100 * LITTLE
    if method == "morris":
        return line["strength"] > LITTLE * strongest and line["low"] > 0
    fine = line["low"] == line["low"]
    return fine and line["low"] * line["high"] > 0 and abs(line["strength"]) > LITTLE * strongest


def _says(method, row, strength, low, high, strongest):
    line = {"strength": strength, "low": low, "high": high}
    if not strength:
        return "nothing"
    if not _moves(method, line, strongest):
        return "little, or not told from nothing"
    if method == "sobol":
        together = row["total"] - row["first"] > max(LITTLE, row["total"] / 3)
        says = "more of it raises the outcome" if row["up"] else "more of it lowers the outcome"
        return f"{says}; much of it together with others" if together else says
    sign = row["mu"] if method == "morris" else row["swing"]
    says = "more of it raises the outcome" if sign > 0 else "more of it lowers the outcome"
    if method == "morris" and row["sigma"] > row["mu_star"]:
        return "raises or lowers it, as other numbers have it"
    return says


def _with_strength(method, line, about):
    if method == "sobol":
        return f"{line['number']} ({line['strength']:.0f} % of the variance)"
    word = words.outcome(about["outcome"])
    return f"{line['number']} ({_number(word, line['strength'], sign=method != 'morris')})"


def _threshold(word, value):
    scale, unit = (100, " %") if word.percent else (1, f" {word.change}")
    return f"{scale * value:g}".replace("-", words.MINUS) + (unit if value else "")


def _number(word, value, sign=False):
    unit = "" if word.percent else f" {word.change}"
    return word.numbers(value, sign=sign)[0] + (" %" if word.percent else unit)
