"""Report tables: what a report counts, as HTML tables in numbers and words."""

from html import escape
from typing import NamedTuple

from districtsim.show import words

NOTHING = 1e-9  # what sums of floating-point numbers leave of a difference of zero


class Said(NamedTuple):
    """A cell that says a number and then its meaning; `settled`: whether it differs from zero."""

    number: str
    meaning: str
    settled: bool


def heading(level, text, name=""):
    """A heading, with a name that links can point to."""
    place = f' id="{escape(name)}"' if name else ""
    return f"<h{level}{place}>{escape(text)}</h{level}>"


def paragraph(text):
    """A paragraph of plain text."""
    return f"<p>{escape(text)}</p>"


def table(caption, headings, rows, whole=False):
    """A table with a caption; the first cell of a row is its heading.

    rows   lists of cells, text or Said; a row of one cell is the heading of a group
    whole  short enough not to be divided between printed pages
    """
    top = "".join(f'<th scope="col">{escape(text)}</th>' for text in headings)
    top = f"<thead><tr>{top}</tr></thead>" if any(headings) else ""
    body = "\n".join(_row(row, len(headings)) for row in rows)
    kind = "scroll whole" if whole else "scroll"
    return (
        f'<div class="{kind}" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>\n{top}\n"
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _row(row, columns):
    if len(row) == 1:
        return f'<tr><th scope="rowgroup" colspan="{columns}">{escape(row[0])}</th></tr>'
    cells = [f'<th scope="row">{escape(str(row[0]))}</th>']
    cells += [f"<td>{_cell(cell)}</td>" for cell in row[1:]]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(cell):
    if not isinstance(cell, Said):
        return escape(str(cell))
    kind = "number" if cell.settled else "number unsettled"
    return f'<span class="{kind}">{escape(cell.number)}</span> {escape(cell.meaning)}'


def effects(last, base, shown, only):
    """A table of differences in the last year, in numbers and in words, and one of every outcome.

    last   differences of the last year, as `arms.differences` gives them
    base   what they are differences from, in words
    shown  {outcome: groups} of the first table
    only   whether other combinations were run too
    """
    caption = _caption("Differences", last, base)
    parts = [heading(3, "What changes"), _effect_table(caption, last, shown)]
    if only:
        parts.append(paragraph("Shown is what differs in one thing only; the figure has the rest."))
    simple = last[~last["group"].astype(str).str.contains(",") & (last["outcome"] != "time_use")]
    groups = {}
    for outcome, group in simple[["outcome", "group"]].drop_duplicates().itertuples(index=False):
        groups.setdefault(outcome, []).append(group)
    every = _effect_table(f"{caption}: every outcome", simple, groups)
    parts.append(f"<details><summary>Every outcome and group</summary>\n{every}\n</details>")
    return "\n".join(parts)


def at_equal_budget(last, base, shown):
    """A table of differences where every arm costs what the baseline costs."""
    caption = _caption("At today's budget: differences", last, base)
    named = last.assign(arm=last["arm"].map(without_budget))
    named = named[named["arm"] != ""]  # the baseline itself
    return "\n".join([heading(3, "At today's budget"), _effect_table(caption, named, shown)])


def standardised(rows):
    """A folded table for papers: standardised effects and corrected tests; "" without rows.

    rows  (arm, row of `analysis.effects`) each
    """
    if not rows:
        return ""
    cells = []
    for arm, row in rows:
        word = words.outcome(row["outcome"])
        spread = (row["high"] - row["low"]) / 2
        number, low, high = word.numbers(
            row["difference"], row["low"], row["high"], sign=True, spread=spread
        )
        cells.append(
            [
                f"{arm}: {_named(word, row['group'])}",
                f"{number} ({low} to {high})",
                " to ".join(
                    word.numbers(row["boot_low"], row["boot_high"], sign=True, spread=spread)
                ),
                _plain(row["d_z"]),
                _plain(row["hedges_g"]),
                f"{100 * row['higher']:.0f} % ({100 * row['higher_low']:.0f} to "
                f"{100 * row['higher_high']:.0f} %)",
                f"{row['p_holm']:.3f}",
                f"{row['p_bh']:.3f}",
            ]
        )
    caption = (
        "Paired differences with 95 % t and bootstrap (BCa) intervals; d_z over the standard "
        "deviation of the pairs, Hedges' g over that between replicates; share of replicates in "
        "which it is higher (Wilson interval); p of a paired t test, corrected for all rows by "
        "Holm and by Benjamini and Hochberg. The number of replicates was chosen, so p says "
        "little: read the differences."
    )
    top = ["", "Difference", "BCa", "d_z", "g", "Higher in", "p (Holm)", "p (B-H)"]
    inner = table(caption, top, cells)
    return f"<details><summary>For a paper: standardised effects</summary>\n{inner}\n</details>"


def _plain(number):
    return "" if number != number else f"{number:+.2f}".replace("-", words.MINUS)


def without_budget(arm):
    """What an arm is called but for its budget."""
    return arm.removesuffix(words.setting("budget", "equal")).removesuffix(", ")


def _caption(what, last, base):
    counts = sorted({int(number) for number in last["replicates"]})
    counted = " to ".join(str(number) for number in dict.fromkeys((counts[0], counts[-1])))
    return (
        f"{what} from {base} in year {int(last['year'].max())}, with 95 % intervals over "
        f"{counted} paired {'replicate' if counted == '1' else 'replicates'}"
    )


def _effect_table(caption, last, shown):
    found, rows = {}, []
    for row in last.to_dict("records"):
        found.setdefault((row["outcome"], row["group"]), []).append(row)
    for name, groups in shown.items():
        word = words.outcome(name)
        for group in groups:
            rows.append([f"{_named(word, group)} ({word.change})"])
            for row in found.get((name, group), ()):
                rows.append([row["arm"], in_numbers_and_words(word, row)])
    return table(caption, ["", "Difference (95 % interval), and in words"], rows)


def _named(word, group):
    return word.label if group == "all" else f"{word.label}, {words.group(group)}"


def in_numbers_and_words(word, row):
    """A cell: a difference with its interval, and what it says in words."""
    difference, low, high = row["difference"], row["low"], row["high"]
    if low != low:
        number = word.numbers(difference, sign=True)[0]
        return Said(number, "One replicate: luck and policy cannot be told apart.", False)
    if max(abs(low), abs(high)) < NOTHING or high - low <= NOTHING * abs(difference):
        if abs(difference) < NOTHING:
            return Said("0", "No difference in any replicate.", False)
        number = word.numbers(difference, sign=True)[0]
        return Said(number, f"{_direction(word, difference)}, alike in every replicate.", True)
    number, *ends = word.numbers(difference, low, high, sign=True, spread=(high - low) / 2)
    cell = f"{number} ({ends[0]} to {ends[1]})"
    if low <= 0 <= high:
        return Said(cell, "Not settled: could be higher or lower.", False)
    return Said(cell, f"{_direction(word, difference)}.", True)


def _direction(word, difference):
    """'Higher, which is better', 'Lower, which is worse', or without judgement."""
    direction = "higher" if difference > 0 else "lower"
    judged = {direction: ", which is better", "neither": ""}.get(word.better, ", which is worse")
    return f"{direction.capitalize()}{judged}"


def course(means, shown):
    """A table of a policy's outcomes in the first and the last year.

    means  by arm, as `arms.means` gives them; shown: {outcome: groups}
    """
    years = list(dict.fromkeys((int(means["year"].min()), int(means["year"].max()))))
    found, rows = {}, []
    for row in means.to_dict("records"):
        found.setdefault((row["outcome"], row["group"]), {})[row["year"]] = row
    for name, groups in shown.items():
        word = words.outcome(name)
        for group in groups:
            cells = [_level(word, found.get((name, group), {}).get(year)) for year in years]
            rows.append([f"{_named(word, group)} ({word.axis})", *cells])
    headings = ["", *(f"Year {year}" for year in years)]
    caption = "Means over replicates, with 95 % intervals"
    return "\n".join([heading(3, "What happens"), table(caption, headings, rows)])


def _level(word, row):
    if row is None:
        return ""
    if row["low"] != row["low"]:
        return word.numbers(row["mean"])[0]
    values = row["mean"], row["low"], row["high"]
    mean, low, high = word.numbers(*values, spread=(row["high"] - row["low"]) / 2)
    return f"{mean} ({low} to {high})"
