"""Arguments: what the commands that read results take; the others are in parser.py."""


def sensitivity(parser):
    """Of `districtsim sensitivity`."""
    parser.add_argument(
        "experiment", metavar="EXPERIMENT|RUN_DIR", help="an experiment's file, or its results"
    )
    parser.add_argument(
        "--outcome", metavar="NAME[:GROUP]", help="default: the first main outcome that is there"
    )
    parser.add_argument("--year", metavar="N", help="default: the last")
    parser.add_argument("--policy", metavar="POLICY", help="whose runs (default: the first)")
    parser.add_argument("--against", metavar="POLICY", help="the difference from this policy")
    parser.add_argument(
        "--fails", metavar="VALUE", help="a policy fails where it does no better (default: 0)"
    )
    parser.add_argument("--method", help="morris, sobol, latin_hypercube or one_at_a_time")
    parser.add_argument("--samples", metavar="N", help="of the design")
    parser.add_argument(
        "--vary",
        action="append",
        default=[],
        metavar="MECHANISM|NUMBER",
        help="vary these uncertain numbers in place of the experiment's, repeatable",
    )
    parser.add_argument("--all", action="store_true", help="print every number, not the strongest")
    parser.add_argument("--replicates", metavar="N", help="of each point, all under the same luck")
    parser.add_argument("--workers", metavar="N", help="processes (default: one for each core)")
    parser.add_argument("--dry-run", action="store_true", help="count the runs, run nothing")
    parser.add_argument("--out", metavar="DIR", help="results folder (default: results/.../<n>)")


def report(parser):
    """Of `districtsim report`."""
    parser.add_argument("folder", metavar="RUN_DIR", help="a results folder, finished or not")
    parser.add_argument(
        "--out", metavar="FILE", help="file to write (default: report.html and figures/ in RUN_DIR)"
    )
