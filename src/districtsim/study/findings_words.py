"""Findings, words: a result's numbers as text, and what to know before believing that it passes."""

from districtsim.study.findings_ledger import OTHER_ARMS

MINUS = "\N{MINUS SIGN}"
WEAK = " (weak test)"


def figures(value, size):
    """A number with as many digits as its size asks for: three of the larger, none to spare."""
    if value is None:
        return "none"
    digits = 3 if abs(size) < 0.1 else 2 if abs(size) < 10 else 1 if abs(size) < 100 else 0
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", MINUS)


def effect(row):
    """The effect with its interval and unit: '0.49 (0.48 to 0.50) SD'."""
    size = max(abs(row[key] or 0.0) for key in ("effect", "low", "high"))
    value, low, high = (figures(row[key], size) for key in ("effect", "low", "high"))
    return f"{value} ({low} to {high}) {row['unit']}"


def robustness(row):
    """Share of draws in which it holds: '91 %'."""
    return percent(row["robustness"])


def percent(share):
    """A share as text: '91 %'; nothing for None."""
    return "" if share is None else f"{100 * share:.0f} %"


def ablation(row):
    """What is left without the mechanism: 'gone', 'reversed', '40 % left', 'appears'."""
    it = row["ablation"]
    return _what_is_left(row, it) + (WEAK if it["weak"] else "")


def _what_is_left(row, it):
    if row["direction"] == "about_same":
        return ("appears" if it["removed"] else "still flat") + _elsewhere(it)
    if it["left"] is None or not row["conditions"][0]["met"]:
        return "no effect to remove"
    share = f"{100 * it['left']:.0f} % left"
    if it["removed"]:
        share = "reversed" if it["left"] < -0.25 else f"gone ({share})"
    return share + _elsewhere(it)


def _elsewhere(it):
    return " in other arms" if it["kind"] == OTHER_ARMS else ""


def own_size(it):
    """A size that is the entry's own, with its reason; nothing where it is the ledger's."""
    if not it["own"]:
        return ""
    usual = "no usual one" if it["usual"] is None else f"usual {it['usual']:g}"
    return f" (own size, {usual}: {it['why']})"


def scrutiny(row):
    """What a reader should know before believing a pass, as sentences."""
    it, found = row["ablation"], []
    if it["moves"] is not None:
        more = ": switching this off removes the outcome itself, a weak test" if it["weak"] else ""
        found.append(
            f"other policies then still move the outcome {percent(it['moves'])} as far as with "
            f"everything on{more}"
        )
    elif it["kind"] == OTHER_ARMS:
        shown = "can move" if row["direction"] == "about_same" else "goes by what is changed there"
        found.append(
            "no single process could be switched off: other arms show only that the outcome "
            f"{shown}"
        )
    found += [_choice(choice, row["draws"]) for choice in row["choices"]]
    if row["set_from"]:
        told = "; ".join(f"{name}: {text}" for name, text in row["set_from"].items())
        found.append(f"partly calibrated, set from what is claimed: {told}")
    return found


def _choice(it, draws):
    (one, other), (first, second) = it["numbers"], it["ranges"]
    pair = f"{one} ({first[0]:g} to {first[1]:g}) and {other} ({second[0]:g} to {second[1]:g})"
    said = f"the arms differ by {it['lever']}, which picks between {pair}"
    if it["apart"]:
        return f"{said}: these do not overlap, so that no draw can reverse the two"
    if it["reversed"] is None:
        return said
    return f"{said}; {percent(it['reversed'])} of {draws} draws have the two the other way round"
