"""Calibrate: `districtsim calibrate` holds the uncertain numbers against published figures."""

import sys
from pathlib import Path

from districtsim.cli.folders import recorded_folder
from districtsim.cli.printing import show
from districtsim.cli.running import number, workers
from districtsim.study import calibrated, settings
from districtsim.study import calibration_page as pages
from districtsim.study.calibration_plan import load
from districtsim.world.errors import SettingError

NUMBERS = {
    "name": "number", "unit": "unit", "low": "range from", "high": "to", "from": "5 %",
    "median": "median", "to": "95 %", "narrowed": "narrower by",
}  # fmt: skip
TARGETS = {
    "name": "target", "published": "published", "prior": "prior 5 to 95 %",
    "calibrated": "calibrated 5 to 95 %", "verdict": "median",
}  # fmt: skip


def calibrate(arguments):
    """Fit, or with `--show` tell what ships; print both tables, write files as asked."""
    if arguments.show:
        return _print(arguments, *calibrated.load(), load(), calibrated.HOME)
    plan, docs = _plan(arguments), _docs(arguments.docs)
    count = workers(arguments)
    asked = {"points": plan.points, "seed": plan.seed}
    try:
        with recorded_folder("calibration", asked, arguments.out) as (folder, record):
            made, kept = _fit(plan, Path(folder), count)
            calibrated.save(folder, made, kept)
            record.result(kept=made["kept"])
    except RuntimeError as problem:
        print(f"{problem}; the command failed.", file=sys.stderr)
        return 1
    else:
        _print(arguments, *calibrated.load(folder), plan, folder)
    if made["kept"] < (plan.fewest_draws if arguments.ship else 1):
        print(
            f"Only {made['kept']} sets were kept, of {plan.fewest_draws} that a set to draw from "
            "needs; nothing was shipped or written.\nGive more points (--points), or see which "
            "targets pull apart.",
            file=sys.stderr,
        )
        return 1
    if arguments.ship:
        calibrated.save(calibrated.HOME, made, kept)
        print(f"Shipped as {calibrated.HOME / calibrated.MADE}.", file=sys.stderr)
    if docs:
        from districtsim.cli.calibrate_files import write_docs

        print(f"Wrote {write_docs(docs, *calibrated.load(folder), plan)}.", file=sys.stderr)
    return 0


def _plan(arguments):
    plan = load()
    points, seed = plan.points, plan.seed
    if arguments.points is not None:
        points = [number(text) for text in arguments.points.split(",")]
    if arguments.seed is not None:
        seed = settings.check_seed(number(arguments.seed), "--seed")
    return plan.with_points(points, seed)


def _fit(plan, folder, count):
    """What is told of the calibration, and the kept sets."""
    from districtsim.study.calibration import calibrate as fit
    from districtsim.study.calibration_runs import Store
    from districtsim.study.calibration_told import told

    try:
        found = fit(plan, Store(folder, plan), workers=count)
    except KeyboardInterrupt:
        print(f"\nWhat is done is kept; '--out {folder}' takes it up again.", file=sys.stderr)
        raise
    return told(found), found.kept


def _docs(docs):
    if docs is not None and not Path(docs).is_dir():
        raise SettingError(f"--docs {docs}: no such folder; name the documentation's.")
    return docs


def _print(arguments, made, sets, plan, folder):
    numbers, targets = pages.number_rows(made, sets), pages.target_rows(made, plan)
    if arguments.json:
        show(numbers, True, folder=str(folder), targets=targets, space=made["space"],
             kept=made["kept"], tensions=made["tensions"])  # fmt: skip
        return
    show(numbers, False, columns=NUMBERS)
    print()
    show(targets, False, columns=TARGETS)
    print(f"\n{pages.in_short(made)}\nnumbers  {Path(folder) / calibrated.SETS}")
