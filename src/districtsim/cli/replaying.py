"""Replaying: `run --replay RUN_ID`: one run of a sweep again, alone, and whether it agrees."""

import contextlib
import sys

from districtsim.cli.folders import RESULTS, results_folder
from districtsim.cli.printing import show, text

DONE, FAILED = 0, 1


def replay(arguments):
    """Do one run of a sweep again, alone, and say whether the stored numbers agree."""
    from districtsim.study.replays import folder_with
    from districtsim.study.replays import replay as run_again

    folder = arguments.from_ or folder_with(arguments.replay, RESULTS)
    out = results_folder("replay", arguments.out) if arguments.out else contextlib.nullcontext()
    with out as place:
        found = run_again(folder, arguments.replay)
        if place is not None:
            found.results.save(place)
    facts = _replay_facts(found)
    if arguments.json:
        show([], True, **facts)
    else:
        print("\n".join(f"{name.replace('_', ' '):9} {value}" for name, value in facts.items()))
    if found.failure is not None:
        print(found.failure.details, file=sys.stderr)
    return DONE if found.agrees is not False and found.failure is None else FAILED


def _replay_facts(found):
    stored, run = found.stored, found.run
    row = run.as_row()
    facts = {
        "run": found.run_id,
        "folder": str(found.folder),
        "district": row["district"],
        "policy": row["policy"],
        "point": ", ".join(f"{k}={text(v)}" for k, v in run.point.items()) or "none",
        "replicate": run.replicate,
        "seed": row["run_seed"],
        "ended": "done" if found.failure is None else str(found.failure),
    }
    if stored is None:
        return {**facts, "stored": "nothing: the sweep has not come to it"}
    if stored["version"] != row["version"]:
        facts["version"] = f"{row['version']}, stored with {stored['version']}"
    if found.agrees:
        same = f"all {found.numbers:,} numbers agree with those stored, to the bit"
        return {**facts, "stored": same if found.failure is None else "failed there as well"}
    return {**facts, "stored": f"{found.differing:,} of {found.numbers:,} numbers differ; "
            f"stored as {stored['status']}"}  # fmt: skip
