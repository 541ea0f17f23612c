"""Report parts: the sections of a report, as HTML."""

import re
from html import escape

from districtsim.show import words
from districtsim.show.report_tables import heading, table

MOST_VALUES = 12  # listed one by one
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


SAMPLED = (
    "A draw is one choice of the model's uncertain numbers, each within its plausible range. All "
    "draws met the same luck. How results differ between draws is what better evidence could still "
    "change; how they differ between replicates no evidence can.",
    "A box of conditions in which a policy fails is a description, found by looking: coverage is "
    "the share of all failing draws in it, density the share of draws in it that fail. The second "
    "pair of figures is from draws that did not help to find it, and is the one to believe.",
)


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
        *([_capital(words.factor(lever)), _values(runs[lever])] for lever in levers),
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
    values = column.dropna().unique()
    if len(values) > MOST_VALUES:  # sampled
        low, high = (words.plain(float(f"{end:.4g}")) for end in (values.min(), values.max()))
        return f"{low} to {high}, {len(values):,} values"
    return words.listed(words.plain(value) for value in values)


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


def reading(sampled=False):
    """How to read the numbers; `sampled`: also of designs that draw the model's own numbers."""
    texts = [*READING, *(SAMPLED if sampled else ())]
    items = "\n".join(f"<li>{escape(text)}</li>" for text in texts)
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
