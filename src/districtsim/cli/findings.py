"""Findings: `districtsim findings [ID...]` runs the pattern ledger, prints it and writes a page."""

import contextlib
import sys
import textwrap

from districtsim.cli.folders import results_folder
from districtsim.cli.printing import show
from districtsim.cli.running import number, workers
from districtsim.study import findings as ledger_run
from districtsim.study import findings_page, findings_store
from districtsim.study.findings_plan import Effort, place_of
from districtsim.study.findings_reading import load
from districtsim.world.errors import SettingError

SHORT = 72  # letters of a claim in the table
COLUMNS = {
    "id": "ID", "claim": "claim", "source": "source", "effect": "effect (95 % interval)",
    "right_way": "right way", "robustness": "beyond size", "ablation": "mechanism off",
    "verdict": "verdict",
}  # fmt: skip


def findings(arguments):
    """Run the ledger or some of it; print the table, or one finding in detail."""
    book = load()
    chosen = [book.find(name) for name in dict.fromkeys(arguments.ids)]
    chosen = chosen or list(book.findings.values())
    if arguments.core:
        chosen = [finding for finding in chosen if finding.core]
    if not chosen:
        raise SettingError("--core: none of the findings named is a core finding; leave one out.")
    if arguments.list:
        show([_listed(finding) for finding in chosen], arguments.json)
        return
    effort = others = _effort(arguments, arguments.draws, "--draws")
    if arguments.secondary:
        others = _effort(arguments, arguments.secondary, "--secondary")
    count = workers(arguments)
    from districtsim.cli import findings_files as files

    docs = files.check_docs(arguments.docs) if arguments.docs else None
    with _folder(arguments.out) as folder:
        rows = _run(book, chosen, (effort, others), folder, count)
        print("Drawing the figures ...", file=sys.stderr, flush=True)
        paths = files.draw(folder, rows, effort)
        pages = [files.write(folder, rows, effort, others)]
        if docs:
            told = ["findings", *arguments.ids, *_told(arguments)]
            pages.append(files.write_docs(docs, folder, rows, (effort, others), told))
    detail = len(rows) == 1 and bool(arguments.ids)
    if arguments.json:
        show(rows, True, folder=str(folder))
    elif detail:
        print(findings_page.detail(rows[0]))
    else:
        show([_short(row) for row in rows], False, columns=COLUMNS)
    if not arguments.json:
        print(f"\n{findings_page.summary(rows)}\n")
        print("\n".join(f"figure   {path}" for path in paths))
        print("\n".join(f"page     {path}" for path in pages))


def _effort(arguments, draws, where):
    return Effort.checked(
        number(draws),
        number(arguments.replicates),
        number(arguments.seed),
        arguments.district,
        where,
        arguments.prior,
    )


def _told(arguments):
    """The options that say what is on a page, as a person would give them."""
    found = [f"--{name}" for name in ("core", "prior") if getattr(arguments, name)]
    for name in ("draws", "secondary", "replicates", "seed", "district", "docs"):
        value = getattr(arguments, name)
        found += [f"--{name}", str(value)] if value is not None else []
    return found


def _listed(finding):
    return {
        "id": finding.id,
        "priority": finding.priority,
        "claim": finding.claim,
        "source": finding.source,
        "runs": "no: " + finding.not_modelled if finding.not_modelled else "yes",
    }


@contextlib.contextmanager
def _folder(out):
    """A new folder, or the one that is named: results in it that are still good are kept."""
    with results_folder("findings", out) as folder:
        try:
            yield folder
        except KeyboardInterrupt:
            done = len(list(folder.glob(f"*/{findings_store.RESULT}")))
            if done:
                print(
                    f"\n{done} findings are kept; '--out {folder}' takes them up again.",
                    file=sys.stderr,
                )
            raise


def _run(book, chosen, efforts, folder, count):
    """A row for each finding, in order; those stored in the folder are not run again.

    efforts  for core and for secondary findings
    """
    effort_of = {finding.id: efforts[0] if finding.core else efforts[1] for finding in chosen}
    marks = {}
    for finding in chosen:
        if not finding.not_modelled:
            effort = effort_of[finding.id]
            place = place_of(book, finding, effort)
            marks[finding.id] = findings_store.fingerprint(finding, effort, place)
    rows = {name: findings_store.stored(folder, name, mark) for name, mark in marks.items()}
    rows = {name: row for name, row in rows.items() if row}
    if rows:
        print(f"{len(rows)} of {len(chosen)} findings are there already.", file=sys.stderr)
    for effort in efforts[:1] if efforts[0] is efforts[1] else efforts:
        names = [name for name, its in effort_of.items() if its is effort]
        if names:
            for checked in ledger_run.check(names, effort, workers=count, book=book, done=rows):
                name = checked.finding.id
                rows[name] = findings_store.save(folder, checked, marks[name])
    return [rows.get(finding.id) or ledger_run.silent_row(finding) for finding in chosen]


def _short(row):
    silent = "effect" not in row
    return {
        "id": row["id"],
        "claim": textwrap.shorten(row["claim"], SHORT, placeholder=" ..."),
        "source": row["source"],
        "effect": "" if silent else findings_page.effect(row),
        "right_way": "" if silent else findings_page.percent(row["right_way"]),
        "robustness": "" if silent else findings_page.robustness(row),
        "ablation": "" if silent else findings_page.ablation(row),
        "verdict": row["verdict"],
    }
