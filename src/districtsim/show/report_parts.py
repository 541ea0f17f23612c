"""Report parts: the sections and tables of a report, as HTML."""

import re
from html import escape
from typing import NamedTuple

from districtsim.show import words

NOTHING = 1e-9  # what sums of floating-point numbers leave of a difference of zero
MINUS = re.compile(r"-(?=\d)")
READING = (
    "Every policy was run in the same district with the same luck: the same people fall ill, leave "
    "or apply, whatever is decided. What is left between two policies is the policy.",
    "An interval covers what luck leaves open: with new luck, 95 of 100 such intervals would hold "
    "the model's answer. Of many intervals a few miss it. They do not cover doubts about the "
    "model's own numbers, which 'districtsim describe parameters' lists with their sources.",
    "An interval without zero says that luck does not explain a difference. Whether the difference "
    "is large enough to matter is for you to judge.",
    "Standard deviations (SD) make skills comparable. One SD of teaching is the distance from a "
    "middling teacher to one who is better than five in six; a tenth of that is a modest but "
    "noticeable change for a whole district.",
)


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


def contents(sections):
    """Links to the sections, (name, title)."""
    items = "".join(
        f'<li><a href="#{escape(name)}">{escape(title)}</a></li>' for name, title in sections
    )
    return f'<nav aria-label="Contents"><ul>{items}</ul></nav>' if len(sections) > 1 else ""


def short_answers(answers):
    """The answers to the questions in a sentence each, with effect and interval."""
    if not answers:
        return ""
    items = "\n".join(
        f"<li><strong>{escape(row['question'])}</strong> {escape(row['meaning'])} "
        f"{escape(_minus(row['effect']))} (95 % interval {escape(_minus(row['interval']))}).</li>"
        for row in answers
    )
    return f'{heading(2, "In short", "in-short")}\n<ul class="answers">\n{items}\n</ul>'


def _minus(text):
    return MINUS.sub(words.MINUS, text)


def what_was_run(found, varied):
    """A table of what was run: district, policies and what they set, years, luck, version."""
    runs = found.runs
    failed = len(found.failed)
    policies = list(dict.fromkeys(runs["policy"]))
    levers = [column for column in varied if column in runs.columns and "." in column]
    rows = [
        ["District", words.listed(words.setting("district", d) for d in runs["district"].unique())],
        ["Policies", words.listed(words.policy(name) for name in policies)],
        *([_capital(words.lever_in_words(lever)), _values(runs[lever])] for lever in levers),
        ["Years", f"{int(runs['years'].max())}"],
        ["Replicates", f"{runs['replicate'].nunique()} of each, each with its own luck"],
        ["Simulations", f"{len(runs):,}" + (f", of which {failed:,} failed" if failed else "")],
        ["Seed", words.listed(map(str, runs["seed"].unique()))],
        ["Code version", words.listed(runs["version"].unique())],
    ]
    without = [text for text in runs["without"].unique() if text]
    if without:
        rows.append(["Switched off", "; ".join(without)])
    if "budget" in varied:
        rows.append(["Budget", "each combination as it costs, and at the cost of the baseline"])
    told = [heading(3, "What was run"), table("The runs of this section", ["", ""], rows, True)]
    if len(policies) > 1:
        told.append(_policies(runs, policies, levers))
    return "\n".join(told)


def _capital(text):
    return text[:1].upper() + text[1:]


def _values(column):
    return words.listed(words.plain(value) for value in column.dropna().unique())


def _policies(runs, policies, varied):
    """What each policy sets, against the first."""
    first = runs.drop_duplicates("policy").set_index("policy")
    settings = [c for c in first.columns if "." in c and c not in varied]
    rows = [[words.policy(policies[0]), "the others are compared with it"]]
    for name in policies[1:]:
        by_group = {}
        for column in settings:
            value = first.at[name, column]
            if not _same(value, first.at[policies[0], column]):
                told = f"{words.lever(column)} {words.plain(value)}"
                by_group.setdefault(words.lever_group(column), []).append(told)
        texts = [f"{group}: {', '.join(told)}" for group, told in by_group.items()]
        rows.append([words.policy(name), "; ".join(texts) or "nothing else"])
    return table(
        f"What the policies set otherwise than {words.policy(policies[0])}",
        ["Policy", "Settings"],
        rows,
        whole=len(rows) < 12,
    )


def _same(one, other):
    return one == other or (one != one and other != other)


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


def reading():
    """How to read the numbers."""
    items = "\n".join(f"<li>{escape(text)}</li>" for text in READING)
    return f"{heading(2, 'How to read this', 'reading')}\n<ul>\n{items}\n</ul>"


def meanings(names):
    """What the outcomes mean, with units and which direction is better."""
    items = []
    for word in map(words.outcome, names):
        better = {"higher": "More is better.", "lower": "Less is better."}.get(word.better, "")
        items.append(
            f"<dt>{escape(word.label)}</dt><dd>{escape(word.meaning)} "
            f"Unit: {escape(word.axis)}. {better}</dd>"
        )
    return f"{heading(2, 'What the words mean', 'words')}\n<dl>\n{''.join(items)}\n</dl>"


def about_districts(names, known):
    """What is known and what was assumed about the districts."""
    parts = [heading(2, "About the district", "district")]
    for name in names:
        title = words.setting("district", name)
        if name in known:
            rows = [[_capital(label), text] for label, text in known[name]]
            parts.append(table(f"{title}: from public files, and assumed", ["", ""], rows))
        else:
            parts.append(
                f"<p>{escape(title)}: <code>districtsim district show {escape(name)}</code> shows "
                "what its public files say, what they leave out, and what was assumed for it.</p>"
            )
    return "\n".join(parts)
