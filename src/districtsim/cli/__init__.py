"""Command line: `districtsim COMMAND ...`; each command imports only what it needs.

Exit codes: 0 done; 1 a run failed; 2 what the person gave is wrong; 130 interrupted.
"""

import os
import shlex
import sys

from districtsim.cli.parser import overview, parse
from districtsim.world.errors import SettingError

DONE, FAILED, WRONG, INTERRUPTED = 0, 1, 2, 130


def main(argv=None):
    """Run one command; returns its exit code. Results go to standard output, the rest to error."""
    argv = sys.argv[1:] if argv is None else list(argv)
    try:
        code = _command(argv)
        sys.stdout.flush()
        return code
    except SettingError as problem:
        print(problem, file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        from districtsim.record.plain import without_password

        again = without_password(shlex.join(["districtsim", *argv]))
        print(f"\nInterrupted before the end. To start again: {again}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as problem:
        place = f"{problem.filename}: " if problem.filename else ""
        print(f"{place}{problem.strerror or problem}; the command failed.", file=sys.stderr)
        return FAILED


def _command(argv):
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(overview())
        return DONE
    if argv[0] == "--version":
        from importlib.metadata import version

        print(f"districtsim {version('districtsim')}")
        return DONE
    handler, arguments = parse(argv)
    return handler(arguments) or DONE
