"""Reproducing: runs what a crate holds again and compares, to the bit or within a tolerance.

On the same kind of machine (system, processor, Python 3.x, NumPy) with the same code every number
must be the same to the last bit. Elsewhere it must be the same within TOLERANCE: a mathematics
library may round the last bit another way, and sums carry that on.
"""

import hashlib
import json
import math
import platform
import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from districtsim.record import surroundings
from districtsim.record.crate import MANIFEST, METADATA
from districtsim.record.recording import sha256
from districtsim.study.folders import PAGE, plan_of, read_page
from districtsim.study.results import collect, open_results
from districtsim.study.runs import code_version, run_all
from districtsim.world.errors import SettingError

TOLERANCE = 1e-9  # relative; as the stored runs of tests/regression
NOTHING = 1e-12  # absolute, for numbers that are about zero
LEAST_FREE = 100_000_000  # bytes left on the disk after unpacking


@dataclass
class Verdict:
    """What came of running a crate again.

    runs, of     how many were run again, of how many
    numbers      compared; `equal` of them to the last bit, `beyond` of them not within TOLERANCE
    largest      relative difference, and where
    to_the_bit   whether every number had to be the same to the bit
    differences  sentences: how the machine or code differs from the one that made it
    mismatches   sentences: runs that ended another way, or have other numbers or groups
    outcomes     {outcome: [numbers, equal, largest relative difference]}
    """

    runs: int
    of: int
    to_the_bit: bool
    differences: list
    numbers: int = 0
    equal: int = 0
    beyond: int = 0
    largest: float = 0.0
    where: str = ""
    mismatches: list = field(default_factory=list)
    outcomes: dict = field(default_factory=dict)

    @property
    def reproduced(self):
        """Whether all is as it must be."""
        bits = self.equal == self.numbers if self.to_the_bit else self.beyond == 0
        return bits and not self.mismatches


def reproduce(crate, *, sample=None, workers=None, progress=True):
    """Run a crate's simulations again, all or `sample` of them; returns a Verdict.

    Raises SettingError for a file that is damaged, or that is no crate of ours.
    """
    with unpacked(crate) as folder:
        plan, page = plan_of(folder), read_page(folder)
        found = open_results(folder)
        numbers = chosen(len(found.runs), sample)
        differences, same_platform = _differences(folder, page)
        verdict = Verdict(len(numbers), len(found.runs), same_platform, differences)
        runs, values = _runs_and_values(plan, found, numbers)
        again = run_all(runs, workers=workers, progress=progress)
        for number, (run, history, _) in zip(numbers, again):
            _compare(verdict, number, run, history, found.runs.iloc[number], values(run, number))
        return verdict


def chosen(count, sample):
    """Places of the runs to do again: all, or so many that no order of them favours any."""
    if sample is None or sample >= count:
        return list(range(count))
    keyed = sorted(range(count), key=lambda n: hashlib.blake2b(f"sample:{n}".encode()).digest())
    return sorted(keyed[:sample])


@contextmanager
def unpacked(crate):
    """A folder with what a crate holds, every file checked against the manifest.

    Raises SettingError for a file that is damaged, or that is no crate of ours.
    """
    crate = Path(crate)
    if crate.is_dir():
        _check(crate, crate)
        yield crate
        return
    if not crate.is_file():
        raise SettingError(f"{crate}: no such file; name a zip that 'districtsim package' wrote.")
    with tempfile.TemporaryDirectory(prefix="districtsim-") as scratch:
        folder = Path(scratch)
        try:
            with zipfile.ZipFile(crate) as zipped:
                _check_names(zipped, crate, folder)
                zipped.extractall(folder)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as problem:
            raise SettingError(
                f"{crate}: not a whole zip file ({problem}); fetch it again."
            ) from None
        except (OSError, ValueError) as problem:  # zlib's errors too
            raise _damaged(crate, problem) from None
        except Exception as problem:
            if type(problem).__module__ == "zlib":
                raise _damaged(crate, problem) from None
            raise
        _check(folder, crate)
        yield folder


def _damaged(crate, problem):
    return SettingError(f"{crate}: cannot be unpacked ({problem}); fetch it again.")


def _check_names(zipped, crate, folder):
    """No file outside of the folder, no more than the disk holds, and a crate at all."""
    names = zipped.namelist()
    if METADATA not in names:
        raise SettingError(f"{crate}: is not an RO-Crate (it has no {METADATA}).")
    if MANIFEST not in names or PAGE not in names:
        raise SettingError(
            f"{crate}: is an RO-Crate, but not one that 'districtsim package' wrote."
        )
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            raise SettingError(f"{crate}: holds '{name}', which points out of it; not unpacked.")
    size = sum(entry.file_size for entry in zipped.infolist())
    if size > shutil.disk_usage(folder).free - LEAST_FREE:
        raise SettingError(f"{crate}: needs {size / 1e9:.1f} GB to unpack; {folder} has less.")


def _check(folder, crate):
    """Every file is what the manifest says, and there is no other."""
    manifest = folder / MANIFEST
    if not manifest.is_file() or not (folder / PAGE).is_file():
        raise SettingError(f"{crate}: is not a crate that 'districtsim package' wrote.")
    listed = {}
    for number, line in enumerate(manifest.read_text("utf-8", errors="replace").splitlines(), 1):
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != 64:
            raise SettingError(f"{crate}: {MANIFEST}:{number}: not a SHA-256 and a file's name.")
        listed[name] = digest
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts  # of code/ that was run
    }
    wrong = sorted(set(listed) - there)
    if wrong:
        raise SettingError(f"{crate}: damaged: {wrong[0]} is missing.")
    wrong = sorted(there - set(listed) - {MANIFEST})
    if wrong:
        raise SettingError(f"{crate}: {wrong[0]} is not in the manifest; somebody has added it.")
    for name, digest in sorted(listed.items()):
        if sha256(folder / name) != digest:
            raise SettingError(
                f"{crate}: damaged: {name} is not what the manifest says; fetch it again."
            )


def _differences(folder, page):
    """(sentences, whether numbers must be the same to the bit)."""
    try:
        made = json.loads((folder / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        made = {}
    here = surroundings.machine()
    found = []
    for key, short in (("python", _minor), ("numpy", str), ("machine", str), ("platform", _system)):
        then, now = made.get(key), here[key]
        if then is None:
            found.append(f"{key}: not recorded then, {short(now)} now")
        elif short(then) != short(now):
            found.append(f"{key}: {short(then)} then, {short(now)} now")
    if _code(page["version"]) != _code(code_version()):
        found.append(f"code: {page['version']} then, {code_version()} now")
    return found, not found


def _code(version):
    """The hash of the source: the number before it says how it was installed."""
    return version.rpartition("+")[2]


def _minor(python):
    return ".".join(python.split()[0].split(".")[:2])


def _system(text):
    return text.split("-")[0] if text else platform.system()


def _runs_and_values(plan, found, places):
    """Runs at these places of runs.parquet, and a function that gives the values of one."""
    if "run" in found.runs:  # a sweep numbers its runs
        numbers = found.runs["run"].to_numpy()[places]
        runs = [plan.run(int(number)) for number in numbers]
        names, key = ["run"], lambda run, place: (found.runs["run"].iloc[place],)
    else:
        every = plan.experiment.runs()
        runs = [every[place] for place in places]
        columns = ("year", "week", "outcome", "group", "value", "point")
        names = [name for name in found.values if name not in columns]
        key = lambda run, place: tuple(_said(run, name) for name in names)  # noqa: E731
    wanted = {key(run, place) for run, place in zip(runs, places)}
    groups = found.values.groupby(names, sort=False, observed=True, dropna=False)
    tables = {name: table for name, table in groups if name in wanted}
    return runs, lambda run, place: tables.get(key(run, place))


def _said(run, name):
    """What a column of values says of a run: policy, replicate, or what varies."""
    if name == "policy":
        return run.policy.name
    return run.replicate if name == "replicate" else run.point.get(name)


def _compare(verdict, number, run, history, told, values):
    failed = isinstance(history, Exception)
    if failed != (told["status"] == "failed"):
        now = f"failed ({history})" if failed else "ended"
        then = f"failed ({told['error']})" if told["status"] == "failed" else "ended"
        verdict.mismatches.append(f"run {number}: {then} then, {now} now")
        return
    if failed:
        if str(history) != told["error"]:
            verdict.mismatches.append(f"run {number}: '{told['error']}' then, '{history}' now")
        return
    now = collect([(run, history, 0.0)]).values.reset_index(drop=True)
    if values is None or not _same_labels(values, now):
        verdict.mismatches.append(f"run {number}: other outcomes, groups or years than then")
        return
    before, after = (table["value"].to_numpy(dtype=float) for table in (values, now))
    same = before.view(np.int64) == after.view(np.int64)
    same |= np.isnan(before) & np.isnan(after)  # a share of nothing has no bits that count
    apart = _relative(before, after)
    verdict.numbers += len(same)
    verdict.equal += int(same.sum())
    verdict.beyond += int((~same & ~_near(before, after)).sum())
    if len(apart) and apart.max() > verdict.largest:
        worst = now.iloc[int(np.argmax(apart))]
        verdict.largest = float(apart.max())
        verdict.where = f"run {number}, {worst.outcome} ({worst.group}), year {worst.year}"
    outcomes = now["outcome"].to_numpy().astype(str)
    for outcome in dict.fromkeys(outcomes.tolist()):
        of = outcomes == outcome
        row = verdict.outcomes.setdefault(outcome, [0, 0, 0.0])
        row[0] += int(of.sum())
        row[1] += int(same[of].sum())
        row[2] = max(row[2], float(apart[of].max()))


def _same_labels(then, now):
    """Whether two tables of one run name the same numbers in the same order."""
    if len(then) != len(now):
        return False
    then, now = (
        {name: table[name].fillna(0) if name == "week" else table[name].astype(str)
         for name in ("policy", "replicate", "year", "week", "outcome", "group")}
        for table in (then, now)
    )  # fmt: skip
    return all(np.array_equal(then[name].to_numpy(), now[name].to_numpy()) for name in now)


def _near(before, after):
    return np.isclose(after, before, rtol=TOLERANCE, atol=NOTHING, equal_nan=True)


def _relative(before, after):
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(after - before) / np.maximum(np.abs(before), NOTHING / TOLERANCE)
    apart[np.isnan(before) & np.isnan(after)] = 0.0
    return np.where(np.isnan(apart), math.inf, apart)
