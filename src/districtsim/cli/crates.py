"""Crates: `districtsim package` and `districtsim reproduce`: a run to cite, check and run again."""

import re

from districtsim.cli.printing import show
from districtsim.cli.running import number, workers
from districtsim.study import settings
from districtsim.world.errors import SettingError

MOST_SENTENCES = 10
ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
LICENCE = re.compile(r"[A-Za-z0-9.+-]+")


def package(arguments):
    """Write a finished run as an RO-Crate zip."""
    from districtsim.record import crate

    authors = [_author(text) for text in arguments.author]
    licence = arguments.licence
    if not LICENCE.fullmatch(licence):
        raise SettingError(
            f"--licence {licence}: not the short name of a licence; see https://spdx.org/licenses, "
            "such as CC-BY-4.0."
        )
    path = crate.package(arguments.run, arguments.output, authors=authors, licence=licence)
    size = path.stat().st_size
    if arguments.json:
        show([{"crate": str(path), "bytes": size}], True)
    else:
        print(f"{path} ({size / 1e6:.1f} MB)\nrun again:  districtsim reproduce {path}")
    return 0


def reproduce(arguments):
    """Run a crate's simulations again and compare; exit code 1 if anything is not as it must be."""
    from districtsim.record import reproducing

    sample = arguments.sample
    if sample is not None:
        most = settings.MOST_REPLICATES
        sample = settings.whole(number(sample), "--sample", 1, most, "simulations to run again")
    verdict = reproducing.reproduce(arguments.crate, sample=sample, workers=workers(arguments))
    rows = [
        {"outcome": name, "numbers": count, "equal": equal, "largest_relative_difference": apart}
        for name, (count, equal, apart) in sorted(verdict.outcomes.items())
    ]
    said = _sentences(verdict)
    if arguments.json:
        show(rows, True, reproduced=verdict.reproduced, runs=verdict.runs, of=verdict.of,
             numbers=verdict.numbers, equal=verdict.equal, beyond_tolerance=verdict.beyond,
             tolerance=reproducing.TOLERANCE, to_the_bit=verdict.to_the_bit,
             differences=verdict.differences, mismatches=verdict.mismatches)  # fmt: skip
    else:
        if not verdict.reproduced and rows:
            show([row for row in rows if row["equal"] < row["numbers"]], False)
            print()
        print("\n".join(said))
    return 0 if verdict.reproduced else 1


def _sentences(verdict):
    from districtsim.record.reproducing import TOLERANCE

    rule = (
        "Same system, processor, Python, NumPy and code: every number must be the same to the bit."
        if verdict.to_the_bit
        else f"Other surroundings: numbers must be the same within {TOLERANCE:g} (relative)."
    )
    said = [rule, *(f"  {sentence}" for sentence in verdict.differences)]
    said.append(
        f"{verdict.runs:,} of {verdict.of:,} simulations run again: {verdict.equal:,} of "
        f"{verdict.numbers:,} numbers are the same to the bit, {verdict.beyond:,} differ by more "
        f"than {TOLERANCE:g}."
    )
    if verdict.largest:
        said.append(f"Largest difference: {verdict.largest:.1e} ({verdict.where}).")
    said += verdict.mismatches[:MOST_SENTENCES]
    if len(verdict.mismatches) > MOST_SENTENCES:
        said.append(f"and {len(verdict.mismatches) - MOST_SENTENCES} more")
    said.append("Reproduced." if verdict.reproduced else "NOT reproduced.")
    return said


def _author(text):
    from districtsim.record.crate import Author

    name, _, orcid = text.partition("=")
    orcid = orcid.removeprefix("https://orcid.org/")
    if not name.strip() or (orcid and not ORCID.fullmatch(orcid)):
        raise SettingError(
            f"--author {text}: expected a name, or a name and an ORCID iD: "
            "'Ada Lovelace=0000-0002-1825-0097'."
        )
    return Author(name.strip(), orcid)
