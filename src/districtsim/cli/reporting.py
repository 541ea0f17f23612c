"""Reporting: `report`, one self-contained page about any results folder."""

from pathlib import Path

from districtsim import api
from districtsim.cli.printing import show
from districtsim.world.errors import SettingError


def report(arguments):
    """Write the page, and figures beside it; print where they are."""
    to = None if arguments.out is None else Path(arguments.out)
    if to is not None and not to.parent.is_dir():
        raise SettingError(f"--out {to}: no folder {to.parent}; make it, or name another.")
    written = api.report(Path(arguments.folder), to)
    figures = sorted(written.parent.glob("**/figures/*.svg")) if to is None else []
    if arguments.json:
        show([], True, report=str(written), figures=[str(path) for path in figures])
    else:
        print(f"report   {written}")
        print("\n".join(f"figure   {path}" for path in figures))
