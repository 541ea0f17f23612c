"""Report, sampled: what moves the outcomes of a sampled design, as HTML."""

from html import escape

from districtsim.show import arms, plots_choice, sampled, words
from districtsim.show.report_tables import heading, paragraph, table

MOST_OUTCOMES, MOST_POLICIES = 3, 2
MOST_ROWS = 15


def told(study, figure, units):
    """Sections on the main outcomes of a design that samples, under each of its policies.

    study   with name and results; figure  function of (name, Figure) that gives HTML
    returns HTML, {name: Figure}
    """
    values = arms.at_cost(study.results.values)
    shown = plots_choice.outcomes(study.name, values)[:MOST_OUTCOMES]
    policies = list(dict.fromkeys(values["policy"]))
    pairs = [(p, policies[0]) for p in policies[1 : 1 + MOST_POLICIES]] + [(policies[0], None)]
    parts, figures, problems = [], {}, []
    for policy, against in pairs:
        for outcome in shown:
            try:
                found = sampled.tell(
                    study.results, outcome, policy=policy, against=against, units=units
                )
            except ValueError as problem:
                problems.append(f"{words.outcome(outcome).label}: {problem}.")
                continue
            parts.append(_one(study.name, found, figure))
            figures |= found.figures
    if problems:
        parts.append(paragraph("Not told yet. " + " ".join(dict.fromkeys(problems))))
    return "\n".join([heading(3, "What moves the outcomes"), *parts]), figures


def _one(name, found, figure):
    about = found.about
    title = f"{words.outcome(about['outcome']).label}: {words.policy(about['policy'])}"
    if about["against"]:
        title += f" against {words.policy(about['against'])}"
    parts = [heading(4, title), *(paragraph(text) for text in found.says)]
    parts += [figure(f"{name}-{key}", drawn) for key, drawn in found.figures.items()]
    if not found.rows:
        return "\n".join(parts)
    caption = (
        f"{found.scale} {found.points:,} points, {words.several(found.replicates, 'replicate')}"
    )
    rows = [_row(row, found.headings) for row in found.rows[:MOST_ROWS]]
    headings = [text.capitalize() for text in found.headings.values()]
    inner = table(caption, headings, rows)
    parts.append(f"<details><summary>{escape('The numbers as a table')}</summary>{inner}</details>")
    if found.regional and found.box and found.box["failing"]:
        parts.append(_regional(found.regional))
    return "\n".join(parts)


def _row(row, headings):
    return [_text(row.get(key)) for key in headings]


def _text(value):
    if isinstance(value, float):
        return "" if value != value else f"{value:.3g}".replace("-", words.MINUS)
    return str(value if value is not None else "")


def _regional(rows):
    caption = (
        "Numbers that lie elsewhere in draws in which it fails (Kolmogorov-Smirnov distance, p "
        "corrected by Holm for all numbers)"
    )
    cells = [
        [words.factor(row["name"]), f"{row['distance']:.2f}", f"{row['p_holm']:.3f}",
         _text(float(row["fails_at"])), _text(float(row["succeeds_at"]))]
        for row in rows[:5]
    ]  # fmt: skip
    inner = table(caption, ["Number", "Distance", "p", "Median, fails", "Median, holds"], cells)
    return f"<details><summary>What parts success from failure</summary>{inner}</details>"
