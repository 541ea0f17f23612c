"""Report runs: how far a sweep is, what failed, and how to run it all again, as HTML."""

import json
from html import escape

from districtsim.show import words
from districtsim.show.report_tables import heading, paragraph, table

MOST_FAILURES = 20


def progress(page, runs):
    """A box that says that a sweep is not at its end, or how it was stopped; "" for neither."""
    texts = []
    if not page.finished:
        done = len(runs)
        share = f" of {page.planned:,} ({100 * done / page.planned:.0f} %)" if page.planned else ""
        texts.append(
            f"Not finished: {words.several(done, 'simulation')}{share} were there when this page "
            "was written. All that is shown is of these alone; make the page again for more."
        )
    if page.stopping and page.stopping.get("replicates"):
        rule = page.stopping["rule"]
        why = {
            "narrow enough": "the interval was narrow enough", "max": "the most that was allowed"
        }.get(page.stopping.get("reason"), "")  # fmt: skip
        texts.append(
            "Replicates were added until the interval of "
            f"{words.outcome(rule['of']).label.lower()} had a half-width of {rule['at']:g}: "
            f"{page.stopping['replicates']} of each ({why})."
        )
    return "".join(f'<p class="status" role="status">{escape(text)}</p>' for text in texts)


def failures(page, failed):
    """A table of runs that failed, with what they said; "" if none did."""
    if not len(failed):
        return ""
    rows = []
    for row in failed.head(MOST_FAILURES).to_dict("records"):
        place = f", point {row['point']}" if "point" in row and row["point"] == row["point"] else ""
        name = row.get("run_id") or f"replicate {row['replicate']}"
        said = str(row["error"]).splitlines()[0] if row["error"] else ""
        rows.append([str(name), f"{words.policy(row['policy'])}{place}, replicate "
                     f"{row['replicate']}, seed {row['seed']}", said])  # fmt: skip
    count = words.several(len(failed), "simulation")
    caption = f"{count} failed and {'is' if len(failed) == 1 else 'are'} left out"
    if len(failed) > MOST_FAILURES:
        caption += f"; the first {MOST_FAILURES}"
    parts = [heading(3, "What failed"), table(caption, ["Run", "Which", "What it said"], rows)]
    if page.sweep:
        parts.append(
            "<p>One of them alone again: <code>districtsim run --replay RUN --from FOLDER</code>, "
            "with a name from the first column.</p>"
        )
    return "\n".join(parts)


def again(page, folder):
    """How to run it again, with the experiment as it was asked for."""
    parts = [heading(3, "How to run it again")]
    if page.sweep:
        parts.append(paragraph(
            "experiment.json in the results folder has everything that decided on these runs. Save "
            "the text below as a file, with the same version of the code, and run"
        ))  # fmt: skip
        parts.append(f"<pre>districtsim sweep {escape(page.name)}.yaml</pre>")
    else:
        parts.append(paragraph(
            "runs.parquet has every setting of every run, its seed and the version of the code; "
            "the same three give the same numbers."
        ))  # fmt: skip
    if page.asked:
        text = json.dumps(page.asked, indent=1, default=str, ensure_ascii=False)
        parts.append(
            "<details><summary>The experiment as it was asked for (JSON, which is YAML too)"
            f"</summary>\n<pre>{escape(text)}</pre>\n</details>"
        )
    return "\n".join(parts)
