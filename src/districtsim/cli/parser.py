"""Parser: the commands, their arguments, and refusals of at most three lines."""

import argparse
from importlib import import_module

from districtsim.cli import arguments
from districtsim.world.errors import SettingError

SUBJECTS = (
    "state",
    "levers",
    "parameters",
    "outcomes",
    "calendar",
    "agents",
    "policies",
    "mechanisms",
    "scenarios",
)


def _demo(parser):
    parser.add_argument("--district", default="seattle", help="name or file (default: seattle)")
    _study(parser, years="5", replicates="20")


def _run(parser):
    parser.add_argument("policy", metavar="POLICY", nargs="?", help="name or file of a policy")
    _scenario(parser)
    parser.add_argument("--replay", metavar="RUN_ID", help="do one run of a sweep again, alone")
    parser.add_argument(
        "--from", dest="from_", metavar="DIR", help="--replay: the sweep's folder (default: newest)"
    )


def _compare(parser):
    parser.add_argument("policy", metavar="POLICY", help="the baseline")
    parser.add_argument("others", metavar="POLICY", nargs="+", help="compared with the baseline")
    _scenario(parser)


def _scenario(parser):
    parser.add_argument("--district", default="seattle", help="name or file (default: seattle)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="GROUP.LEVER=VALUE",
        help="set a lever, repeatable; 'districtsim describe levers' lists them",
    )
    parser.add_argument(
        "--scenario", metavar="NAME", help="one side of what the literature disagrees on"
    )
    parser.add_argument("--all", action="store_true", help="print every group of an outcome")
    _study(parser, years="5", replicates="20")


def _study(parser, years, replicates):
    parser.add_argument("--years", default=years, metavar="N", help=f"default {years}")
    parser.add_argument(
        "--replicates", default=replicates, metavar="N", help=f"default {replicates}"
    )
    parser.add_argument("--seed", default="1", metavar="N", help="root of all chance (default 1)")
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")
    parser.add_argument("--out", metavar="DIR", help="results folder (default: results/.../<n>)")


def _check(parser):
    parser.add_argument("file", metavar="FILE", help="a district, policy or experiment file")


def _describe(parser):
    parser.add_argument("subject", metavar="|".join(SUBJECTS))
    parser.add_argument("name", nargs="?", help="only what begins with this")


def _district(parser):
    parser.add_argument("action", metavar="import|show|list")
    parser.add_argument("names", metavar="FILE|NAME", nargs="*")
    parser.add_argument("--district", help="import: which one in the files, by name or NCES ID")
    parser.add_argument("--out", metavar="DIR", help="import: folder (default: configs/districts)")


def _findings(parser):
    parser.add_argument("ids", metavar="ID", nargs="*", help="P26, ...; all if left out")
    parser.add_argument("--list", action="store_true", help="list the findings, run nothing")
    parser.add_argument("--core", action="store_true", help="core findings only")
    parser.add_argument("--district", help="name or file (default: the ledger's own)")
    parser.add_argument(
        "--draws", default="100", metavar="N", help="of all uncertain numbers (default 100)"
    )
    parser.add_argument(
        "--secondary", metavar="N", help="the same for secondary findings (default: as --draws)"
    )
    parser.add_argument(
        "--prior", action="store_true", help="draw from the cards' ranges, calibration left aside"
    )
    parser.add_argument("--replicates", default="20", metavar="N", help="default 20")
    parser.add_argument("--seed", default="1", metavar="N", help="root of all chance (default 1)")
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="results folder; findings that it holds are kept (default: results/findings/<n>)",
    )
    parser.add_argument("--docs", metavar="DIR", help="also write DIR/findings.md with pictures")


def _calibrate(parser):
    parser.add_argument("--show", action="store_true", help="tell of the set that ships")
    parser.add_argument(
        "--points",
        metavar="N,N,...",
        help="sets simulated in each wave (default: its file)",
    )
    parser.add_argument("--seed", metavar="N", help="root of all chance (default: as above)")
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")
    parser.add_argument(
        "--out",
        metavar="DIR",
        help="results folder; what it holds is not run again (default: results/calibration/<n>)",
    )
    parser.add_argument(
        "--ship", action="store_true", help="make it the set that the package draws from"
    )
    parser.add_argument("--docs", metavar="DIR", help="also write DIR/calibration.md with pictures")


def _trial(parser):
    parser.add_argument("names", metavar="NAME|FILE", nargs="*", help="a study, or its file")
    parser.add_argument("--list", action="store_true", help="list the studies that ship")
    parser.add_argument("--show", action="store_true", help="print its file, to copy and change")
    parser.add_argument("--instruments", action="store_true", help="list the instruments")
    parser.add_argument(
        "--power",
        nargs="*",
        metavar="N",
        help="a power curve over these sizes of sample (default: those of the study)",
    )
    parser.add_argument(
        "--draws", action="store_true", help="draw the uncertain numbers anew in every repetition"
    )
    parser.add_argument("--repetitions", metavar="N", help="simulated studies (default: its own)")
    parser.add_argument("--seed", metavar="N", help="root of all chance (default: its own)")
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")
    parser.add_argument("--out", metavar="DIR", help="folder (default: results/study/NAME/<n>)")
    parser.add_argument("--docs", metavar="DIR", help="write DIR/studies.md of all, with pictures")


def _docs(parser):
    parser.add_argument("pages", metavar="PAGE", nargs="*", help="all if left out")
    parser.add_argument("--list", action="store_true", help="list the pages, write nothing")
    parser.add_argument("--out", default="docs", metavar="DIR", help="folder (default: docs)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if one differs")
    parser.add_argument("--renew", action="store_true", help="simulate although nothing changed")
    parser.add_argument("--data", metavar="DIR", help="read real schools' files again from here")
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")


def _sweep(parser):
    parser.add_argument("experiment", metavar="EXPERIMENT", help="name or file of an experiment")
    parser.add_argument("--out", metavar="DIR", help="results folder (default: results/.../<n>)")
    parser.add_argument("--resume", action="store_true", help="go on with what was begun")
    parser.add_argument(
        "--dry-run", action="store_true", help="count runs; estimate time and disk from a few"
    )
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")
    parser.add_argument(
        "--cluster", metavar="ADDRESS", help="Dask: tcp://, tls:// or the scheduler's file"
    )
    parser.add_argument("--observe", metavar="URL", help="record it in a team's database as well")
    for name, what in (("ca", "authority"), ("cert", "certificate"), ("key", "key")):
        parser.add_argument(f"--tls-{name}", metavar="FILE", help=f"--cluster tls://: {what} (PEM)")
    parser.add_argument(
        "--shard", metavar="I/N", help="only this part, I from 1, for job arrays; needs --out"
    )


def _bench(parser):
    parser.add_argument("what", metavar="sweep", nargs="?", help="sweeps in place of single runs")
    parser.add_argument("--runs", nargs="+", metavar="N", help="sweep: sizes (default 100 1000)")
    parser.add_argument("--schools", nargs="+", metavar="N", help="sizes of district")


def _runs(parser):
    parser.add_argument("action", metavar="list|show|compare|diff")
    parser.add_argument("runs", metavar="RUN", nargs="*", help="caseload/3, or a folder")
    parser.add_argument("--results", metavar="DIR", help="where the records are (default: results)")
    parser.add_argument("--status", metavar="STATUS", help="list: only those, such as FAILED")
    parser.add_argument("--observe", metavar="URL", help="list: those in a team's database")
    parser.add_argument("--all", action="store_true", help="compare: every difference in results")


def _package(parser):
    parser.add_argument("run", metavar="RUN_DIR", help="folder of a finished run")
    parser.add_argument(
        "-o", "--output", "--out", metavar="FILE", help="default: <name>-<n>.crate.zip"
    )
    parser.add_argument(
        "--author", action="append", default=[], metavar="NAME[=ORCID]", help="repeatable"
    )
    parser.add_argument(
        "--licence", default="CC-BY-4.0", metavar="SPDX", help="of the results (default CC-BY-4.0)"
    )


def _reproduce(parser):
    parser.add_argument("crate", metavar="CRATE", help="a zip that 'districtsim package' wrote")
    parser.add_argument("--sample", metavar="N", help="simulations to run again (default: all)")
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")


# name: (what it does, its arguments, where it is)
COMMANDS = {
    "demo": ("the three headline comparisons on a real district", _demo, "demo:demo"),
    "run": ("simulate one policy", _run, "running:run"),
    "compare": ("compare policies under the same luck", _compare, "running:compare"),
    "sweep": ("many runs that survive anything, anywhere", _sweep, "sweeps:sweep"),
    "findings": ("run the pattern ledger, or show one finding", _findings, "findings:findings"),
    "study": ("a simulated field study: what it would find, its power", _trial, "trials:study"),
    "runs": ("what was run: records, and what differs between them", _runs, "records:runs"),
    "package": ("a finished run as one file to cite and check", _package, "crates:package"),
    "reproduce": ("run a package again and compare", _reproduce, "crates:reproduce"),
    "sensitivity": (
        "which uncertain numbers move an outcome",
        arguments.sensitivity,
        "sensitivity:sensitivity",
    ),
    "report": ("one HTML page about a results folder", arguments.report, "reporting:report"),
    "calibrate": (
        "hold the uncertain numbers against published figures",
        _calibrate,
        "calibrate:calibrate",
    ),
    "check": ("validate a file without running it", _check, "reference:check"),
    "describe": ("the reference, printed from the source", _describe, "reference:describe"),
    "district": (
        "make a district from public files; show it; list",
        _district,
        "districts:district",
    ),
    "docs": ("write the pages of docs/ from the source", _docs, "docs:docs"),
    "bench": ("measure speed and memory on this machine", _bench, "running:bench"),
}


class Parser(argparse.ArgumentParser):
    """An argument parser that refuses in a line or two, with the nearest name."""

    def error(self, message):
        raise SettingError(f"{self.prog}: {message}.\n'{self.prog} --help' shows what it takes.")


def parse(argv):
    """The function that does the command, and its arguments. Raises SettingError."""
    name, *rest = argv
    if name not in COMMANDS:
        what = "option" if name.startswith("-") else "command"
        raise SettingError(
            f"districtsim: '{name}' is not a {what}.{_nearest(name, COMMANDS)}\n"
            f"Commands: {', '.join(COMMANDS)}."
        )
    about, arguments_of, place = COMMANDS[name]
    parser = Parser(prog=f"districtsim {name}", description=about, allow_abbrev=False)
    arguments_of(parser)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given, unknown = parser.parse_known_args(rest)
    if unknown:
        options = [option for action in parser._actions for option in action.option_strings]
        parser.error(f"'{unknown[0]}' is not known{_nearest(unknown[0], options).rstrip('.')}")
    module, function = place.split(":")
    return getattr(import_module(f"districtsim.cli.{module}"), function), given


def overview():
    """What `districtsim --help` prints."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {about}" for name, (about, *_) in COMMANDS.items()]
    return "\n".join(
        [
            "districtsim: a simulation of a US school district's central office",
            "",
            "usage: districtsim COMMAND [...]      districtsim COMMAND --help",
            "",
            *lines,
            "",
            "start with:  districtsim demo",
        ]
    )


def _nearest(word, known):
    from districtsim.world.files import nearest

    return nearest(word, known)
