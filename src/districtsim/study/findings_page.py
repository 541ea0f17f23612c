"""Findings, page: the ledger's results as Markdown and as text; it computes nothing but words."""

import numpy as np

from districtsim.study.findings import FAILS, HOLDS, ROBUST, SILENT, VERDICTS
from districtsim.study.findings_ledger import OTHER_ARMS
from districtsim.study.findings_words import (
    MINUS,
    ablation,
    effect,
    own_size,
    percent,
    robustness,
    scrutiny,
)

OWN = "\\*"
COLUMNS = (
    "- **right way**, **beyond size**: share of draws in which every condition goes the way that "
    "is claimed, of whatever size, and in which it is beyond the smallest size that matters, too; "
    "\\* where that size is the entry's own and not the ledger's for the outcome",
    "- **weak test**: what is switched off removes the outcome itself: other policies then move it "
    "less than a quarter as far; **in other arms**: nothing could be switched off, and policies of "
    "the arms are changed instead; for a claim that nothing changes that is a positive control",
)
_WORDS = {"higher": "above", "lower": "below", "about_same": "within ±"}


def overview(rows):
    """A row per modelled finding for the overview picture: see `show.plots_findings.overview`."""
    import pandas as pd

    columns = (
        "id", "claim", "core", "flat", "effect", "low", "high", "holds", "removed", "robustness",
        "draws", "replicates",
    )  # fmt: skip
    return pd.DataFrame([_drawn(row) for row in rows if "effect" in row], columns=columns)


def _drawn(row):
    size = row["smallest"] or 1.0
    ends = [np.nan if row[key] is None else row[key] / size for key in ("low", "high")]
    value, flat = (row["effect"] or 0.0) / size, row["direction"] == "about_same"
    sign = -1.0 if row["direction"] == "lower" or (flat and value < 0) else 1.0
    low, high = sorted(sign * end for end in ends)
    return (
        row["id"], row["claim"], row["priority"] == "core", flat, sign * value, low, high,
        row["holds"], row["ablation"]["removed"],
        np.nan if row["robustness"] is None else row["robustness"], row["draws"], row["replicates"],
    )  # fmt: skip


def summary(rows):
    """Counts as sentences, core and secondary findings apart."""
    lines = []
    for priority in ("core", "secondary"):
        own = [row for row in rows if row["priority"] == priority and row["verdict"] != SILENT]
        if not own:
            continue
        holding = sum(row["verdict"] != FAILS for row in own)
        robust = sum((row["robustness"] or 0.0) >= ROBUST for row in own)
        rightly = sum((row["right_way"] or 0.0) >= ROBUST for row in own)
        removed = [row for row in own if row["ablation"]["removed"]]
        weak = sum(row["ablation"]["weak"] for row in removed)
        others = sum(row["ablation"]["kind"] == OTHER_ARMS for row in removed)
        lines.append(
            f"{priority.capitalize()} findings: {len(own)}; {holding} hold at the cards' values. "
            f"In {100 * ROBUST:.0f} % of draws or more {rightly} go the right way and {robust} "
            f"pass the smallest size that matters. {len(removed)} vanish with their mechanism; of "
            f"these, {weak} by a weak test, and {others} in other arms only."
        )
    silent = sum(row["verdict"] == SILENT for row in rows)
    if silent:
        lines.append(f"The model cannot speak to {silent} secondary findings.")
    return "\n".join(lines)


def detail(row):
    """One finding in full, as text."""
    if row["verdict"] == SILENT:
        return f"{_title(row)}\n\nNot modelled: {row['why']}"
    lines = [_title(row), "", f"verdict     {row['verdict']}: it {VERDICTS[row['verdict']]}."]
    if row["verdict"] == FAILS and row["known_failure"]:
        lines.append(f"why         {row['known_failure']}")
    for i, it in enumerate(row["conditions"]):
        met = "met" if it["met"] else "NOT MET"
        said = f" ({it['say']})" if it["say"] else ""
        lines.append(f"{'measure' if not i else 'and':<11} {it['measure']}{said}")
        lines.append(f"{'':<11} {effect({**it, 'effect': it['value']})}; {_wanted(it)}: {met}")
    lines.append(f"{'robustness':<11} {_held(row)}")
    if row["broken_draws"]:
        lines.append(f"{'':<11} {row['broken_draws']} draws gave no number and count as failing")
    lines.append(f"{'where not':<11} {row['region']['text']}")
    off = ", ".join(row["ablation"]["without"])
    lines.append(f"{'ablation':<11} {_taken(row)} {off}: {_left(row)}; {ablation(row)}")
    lines += [f"{'':<11} {said}" for said in scrutiny(row)]
    if row["boundary"]["when"]:
        lines.append(f"{'boundary':<11} {_boundary(row)}")
    lines.append(f"{'district':<11} {row['district']}, {row['replicates']} replicates")
    return "\n".join(lines)


def page(rows, about, pictures=None, level="#"):
    """The ledger's page as Markdown.

    rows      as CheckedFinding.as_row and silent_row give them
    about     sentences: how it was made
    pictures  {finding ID, or "overview": path relative to the page}
    """
    pictures = pictures or {}
    parts = [
        f"{level} The pattern ledger: what follows from the mechanisms, and what does not",
        about,
        summary(rows),
        _meanings(rows),
        _picture("Every finding: effect and robustness", pictures.get("overview")),
        _table(rows),
        *(_section(row, pictures, level) for row in rows if "effect" in row),
        _silent(rows, level),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(row):
    return f"{row['id']} ({row['priority']}, {row['source']})\n{row['claim']}"


def _wanted(it):
    sign = "" if it["direction"] != "lower" else MINUS
    if not it["smallest"]:
        return f"wanted {_words(it['direction'])} 0, of any size"
    return f"wanted {_words(it['direction'])} {sign}{it['smallest']:g} {it['unit']}{own_size(it)}"


def _words(direction):
    return _WORDS[direction]


def _held(row):
    if not row["draws"]:
        return "no draws"
    right = (
        ""
        if row["direction"] == "about_same"
        else (f"; goes the right way, of whatever size, in {100 * row['right_way']:.0f} %")
    )
    noise = ""
    if row["unsettled_failures"]:
        noise = (
            f" In {row['unsettled_failures']} of those in which it fails, a draw's few replicates "
            "do not settle that."
        )
    return f"holds in {robustness(row)} of {row['draws']} draws{right}.{noise}"


def _taken(row):
    """How the mechanism was taken away."""
    it = row["ablation"]
    return "in other arms:" if it["kind"] == OTHER_ARMS else "without"


def _left(row):
    return effect({**row["ablation"], "unit": row["unit"]})


def _boundary(row):
    it = row["boundary"]
    if it["fails"] is None:
        return it["when"]
    there = effect({**it, "unit": row["unit"]})
    return f"{it['when']} There {there}: {'it fails' if it['fails'] else 'it still holds'}."


def _meanings(rows):
    used = [verdict for verdict in VERDICTS if any(row["verdict"] == verdict for row in rows)]
    lines = [f"- **{verdict}**: {VERDICTS[verdict]}" for verdict in used]
    return "\n".join([*lines, *COLUMNS])


def _table(rows):
    lines = [
        "| ID | claim | source | effect (95 % interval) | right way | beyond size | mechanism off "
        "| verdict |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row["verdict"] == SILENT:
            cells = ["", "", "", "", SILENT]
        else:
            verdict = row["verdict"] if row["verdict"] == HOLDS else f"**{row['verdict']}**"
            own = OWN if row["conditions"][0]["own"] else ""
            shares = [percent(row["right_way"]), robustness(row) + own]
            cells = [effect(row), *shares, ablation(row), verdict]
        name = row["id"] if row["priority"] == "secondary" else f"**{row['id']}**"
        lines.append(f"| {' | '.join([name, row['claim'], row['source'], *cells])} |")
    return "\n".join(lines)


def _section(row, pictures, level):
    lines = [f"{level}# {row['id']}", f"{row['claim']} *({row['source']})*"]
    lines.append("\n".join(_facts(row)))
    lines.append(_picture(row["id"], pictures.get(row["id"])))
    return "\n\n".join(line for line in lines if line)


def _facts(row):
    yield f"- {row['verdict']}: it {VERDICTS[row['verdict']]}"
    if row["verdict"] == FAILS and row["known_failure"]:
        yield f"- why: {row['known_failure']}"
    for it in row["conditions"]:
        met = "met" if it["met"] else "**not met**"
        said = f"{it['say']}: " if it["say"] else ""
        yield (
            f"- {said}`{it['measure']}` is {effect({**it, 'effect': it['value']})}; "
            f"{_wanted(it)}: {met}"
        )
    if row["draws"]:
        yield f"- {_held(row)} {row['region']['text']}"
    off = ", ".join(f"`{name}`" for name in row["ablation"]["without"])
    yield f"- {_taken(row)} {off}: {_left(row)}; {ablation(row)}"
    for said in scrutiny(row):
        yield f"- {said}"
    if row["boundary"]["when"]:
        yield f"- boundary: {_boundary(row)}"


def _picture(words, path):
    return f"![{words}]({path})" if path else ""


def _silent(rows, level):
    silent = [row for row in rows if row["verdict"] == SILENT]
    if not silent:
        return ""
    lines = [f"- **{row['id']}** {row['claim']} *({row['source']})* {row['why']}" for row in silent]
    return f"{level}# Not modelled\n\n" + "\n".join(lines)
