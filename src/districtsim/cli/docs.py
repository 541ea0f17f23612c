"""Docs: `districtsim docs [PAGE...]` writes the pages of docs/ from the source and from results."""

import sys
from pathlib import Path

from districtsim.cli.printing import show
from districtsim.cli.running import workers
from districtsim.documents.pages import PAGES, Order
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest, write_atomically

FAILED = 1


def docs(arguments):
    """Write pages, or with --check say whether they are as they would be written."""
    if arguments.list:
        rows = [{"page": name, "file": it.file, "holds": it.about} for name, it in PAGES.items()]
        show(rows, arguments.json)
        return None
    for name in arguments.pages:
        if name not in PAGES:
            raise SettingError(
                f"districtsim docs: '{name}' is not a page.{nearest(name, PAGES)}\n"
                f"Pages: {', '.join(PAGES)}."
            )
    out = _folder(arguments.out, "--out")
    data = str(_folder(arguments.data, "--data")) if arguments.data else ""
    order = Order(out, arguments.renew, data, workers(arguments) if arguments.workers else None)
    rows = [_write(name, order, arguments.check) for name in arguments.pages or PAGES]
    show(rows, arguments.json)
    differs = arguments.check and any(row["changed"] for row in rows)
    return FAILED if differs else None


def _folder(given, option):
    path = Path(given)
    if not path.is_dir():
        raise SettingError(f"{option} {given}: no such folder; make it, or name another.")
    return path


def _write(name, order, check):
    page = PAGES[name]
    path = order.out / page.file
    print(f"Writing {path} ..." if not check else f"Checking {path} ...", file=sys.stderr)
    text = page.text(order).encode()
    same = path.is_file() and path.read_bytes() == text
    if not check and not same:
        write_atomically(path, text)
    return {"page": name, "file": str(path), "changed": not same}
