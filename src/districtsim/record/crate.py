"""Crate: a finished run as one RO-Crate zip: what it takes to check it, cite it and run it again.

A crate holds the run folder (experiment, districts, results, figures, record), the code that ran
(`code/`), the packages (`requirements.txt`), the model's description (`ODD.md`), licence and
citation, a README, the metadata of RO-Crate 1.1 (https://w3id.org/ro/crate/1.1) and
`manifest-sha256.txt` with the SHA-256 of every file.
"""

import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from districtsim.record import crate_metadata, reading
from districtsim.record.recording import sha256
from districtsim.record.surroundings import PACKAGE
from districtsim.study.folders import PAGE, read_page
from districtsim.study.results import RUNS, VALUES
from districtsim.world.errors import SettingError

MANIFEST = "manifest-sha256.txt"
METADATA = "ro-crate-metadata.json"
CODE = "code"
# Of the run folder: what is scratch, or is in the crate in another form (sources as `code/`).
LEFT_OUT_FOLDERS = {"_sources", "_resources", "chunks"}
LEFT_OUT_ENDINGS = (".tmp", ".lock")
DOCUMENTS = ("docs/ODD.md", "LICENSE", "CITATION.cff")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier time; ours are all the same


@dataclass(frozen=True)
class Author:
    """Who made the run: a name, and an ORCID iD if there is one."""

    name: str
    orcid: str = ""


def package(folder, target=None, *, authors=(), licence="CC-BY-4.0"):
    """Write a finished run's crate; returns its path, complete or not made at all.

    folder   of a run that has finished, with its experiment.json
    target   zip file to write; None for `<experiment>-<n>.crate.zip` here
    authors  Author objects
    licence  of the results, as SPDX has it; the code keeps its own
    Raises SettingError if the folder cannot be packed or the file cannot be written.
    """
    folder = Path(folder)
    page = _checked(folder)
    record = reading.read(folder) if (folder / "run.json").is_file() else None
    target = Path(target) if target else Path(f"{page['name']}-{folder.resolve().name}.crate.zip")
    if target.exists():
        raise SettingError(f"{target}: is there already; name another file with -o.")
    files = {**_of_run(folder), **_of_code(record), **_documents()}
    texts = {
        "requirements.txt": _requirements(record),
        "README.md": crate_metadata.readme(page, target.name, licence),
    }
    today = datetime.now(UTC).date().isoformat()
    with tempfile.TemporaryDirectory() as scratch:
        for name, text in texts.items():
            files[name] = Path(scratch) / name
            files[name].write_text(text, encoding="utf-8")
        sums = {name: sha256(path) for name, path in sorted(files.items())}
        sizes = {name: path.stat().st_size for name, path in files.items()}
        facts = crate_metadata.describe(page, record, sums, sizes, authors, licence, today)
        files[METADATA] = Path(scratch) / METADATA
        files[METADATA].write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        sums[METADATA] = sha256(files[METADATA])
        files[MANIFEST] = Path(scratch) / MANIFEST
        lines = [f"{digest}  {name}\n" for name, digest in sorted(sums.items())]
        files[MANIFEST].write_text("".join(lines), encoding="utf-8")
        _write(target, files)
    return target


def _checked(folder):
    if not folder.is_dir():
        raise SettingError(f"{folder}: no such folder; name the folder of a run.")
    page = read_page(folder)
    if page is None:
        raise SettingError(
            f"{folder}: has no {PAGE}, which says what was run; name the folder of a sweep or of "
            "a script in experiments/."
        )
    for name in (RUNS, VALUES):
        if not (folder / name).is_file():
            raise SettingError(f"{folder}: has no {name} yet; finish the run first (--resume).")
    return page


def _of_run(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        kept = not LEFT_OUT_FOLDERS & set(inside.parts) and path.suffix not in LEFT_OUT_ENDINGS
        if path.is_file() and kept and not path.is_symlink():
            found[inside.as_posix()] = path
    return found


def _of_code(record):
    if record is None:
        return {}
    return {
        f"{CODE}/{_inside(name)}": path for name, path in record.sources.items() if path is not None
    }


def _inside(name):
    """A source's name as a path below the crate, whatever it was relative to.

    The package stands at the top, so that `PYTHONPATH=code` is enough to run it.
    """
    parts = [part for part in PurePosixPath(name).parts if part not in ("..", "/")]
    return "/".join(parts[1:] if parts[0] == "src" else parts)


def _documents():
    found = {}
    for name in DOCUMENTS:
        short = PurePosixPath(name).name
        for path in (PACKAGE / "docs" / short, PACKAGE.parents[1] / name):
            if path.is_file():
                found[short] = path
                break
        else:
            raise SettingError(f"{short}: is missing from this installation; install it again.")
    return found


def _requirements(record):
    listed = record.environment.get("packages", {}) if record is not None else {}
    lines = [f"{name}=={version}" for name, version in listed.items() if name != "districtsim"]
    head = "# Packages that were installed when this was run; code/ holds districtsim itself.\n"
    return head + "".join(f"{line}\n" for line in lines)


def _write(target, files):
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, path in sorted(files.items(), key=lambda item: (item[0] != METADATA, item)):
                entry = zipfile.ZipInfo(name, EARLIEST)
                entry.external_attr = 0o644 << 16
                large = path.suffix in (".parquet", ".png", ".pdf")  # pressed already
                entry.compress_type = zipfile.ZIP_STORED if large else zipfile.ZIP_DEFLATED
                with zipped.open(entry, "w") as to, open(path, "rb") as source:
                    while block := source.read(1 << 20):
                        to.write(block)
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        os.replace(temporary, target)
    except OSError as problem:
        raise SettingError(
            f"{target}: cannot be written ({problem.strerror or problem}); name another with -o."
        ) from None
    finally:
        temporary.unlink(missing_ok=True)
