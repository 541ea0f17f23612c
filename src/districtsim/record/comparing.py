"""Comparing: what differs between records: configuration, code, machine and results."""

import difflib
import json

from districtsim.study.results import NoResults, open_results

IGNORED = ("pip", "setuptools")  # they install, they do not compute
ABSENT = None


def flat(page, before=""):
    """{dotted key: value} of nested dicts; lists are values."""
    found = {}
    for key, value in page.items():
        name = f"{before}.{key}" if before else str(key)
        if isinstance(value, dict) and value:
            found.update(flat(value, name))
        else:
            found[name] = value
    return found


def differences(pages):
    """[(key, [a value a page])] for the keys in which dicts differ; None where one has no such."""
    pages = [flat(page) for page in pages]
    keys = dict.fromkeys(key for page in pages for key in page)
    rows = [(key, [page.get(key, ABSENT) for page in pages]) for key in keys]
    return [(key, values) for key, values in rows if any(value != values[0] for value in values)]


def configuration(records):
    """What was asked differently."""
    return differences([record.config for record in records])


def code(records):
    """Commit, version, sources and packages that differ; sources by what is in them."""
    facts = []
    for record in records:
        git = record.git
        commit = git.get("commit")
        facts.append(
            {
                "version": record.meta.get("version"),
                "commit": f"{commit[:12]}{' and changes' * bool(git.get('dirty'))}"
                if commit
                else None,
            }
        )
    rows = differences(facts)
    rows += differences([{"source": _digests(record)} for record in records])
    return rows + differences([{"package": _packages(record)} for record in records])


def machine(records):
    """Python, platform and linear algebra that differ."""
    keys = ("python", "platform", "machine", "cores", "blas")
    pages = [
        {key: record.environment[key] for key in keys if key in record.environment}
        for record in records
    ]
    return differences([{**page, "host": record.entry.get("host", {}).get("hostname")}
                        for page, record in zip(pages, records)])  # fmt: skip


def results(records):
    """(verdict, rows) of the results of records.

    verdict  a sentence: the same to the last bit, how many numbers differ, or why not compared
    rows     [(what, [mean of each])]: outcomes whose means in the last year differ, largest
             difference in proportion first
    """
    tables = []
    for record in records:
        try:
            tables.append(open_results(record.root).values)
        except NoResults as problem:
            return f"not compared: {problem}", []
    return _verdict(tables), _means(tables)


def diff(one, two, lines=3):
    """Configuration, sources and packages of two records as `diff -u` shows them: a text."""
    parts = _unified(_listing(one.config), _listing(two.config), "configuration", one, two, lines)
    for name in sorted({*one.sources, *two.sources}):
        texts = [_source(record, name) for record in (one, two)]
        if texts[0] != texts[1]:
            parts += _unified(*texts, name, one, two, lines)
    packages = [
        [f"{key}=={value}\n" for key, value in sorted(_packages(record).items())]
        for record in (one, two)
    ]
    parts += _unified(*packages, "packages", one, two, 0)
    return "".join(parts)


def _digests(record):
    """{file: first digits of its digest}; dots of file names would look like nesting."""
    found = {}
    for name, path in record.sources.items():
        found[name] = path.stem.rpartition("_")[2][:8] if path is not None else "not kept"
    return found


def _packages(record):
    listed = record.environment.get("packages")
    if listed is None:
        pairs = (one.partition("==") for one in record.experiment.get("dependencies", []))
        listed = {name: version for name, _, version in pairs}
    return {name: version for name, version in listed.items() if name not in IGNORED}


def _listing(config):
    return [f"{key}: {json.dumps(value)}\n" for key, value in sorted(flat(config).items())]


def _source(record, name):
    path = record.sources.get(name)
    if path is None:
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    return text.splitlines(keepends=True)


def _unified(before, after, name, one, two, lines):
    names = f"{one.name}: {name}", f"{two.name}: {name}"
    found = difflib.unified_diff(before, after, *names, n=lines)
    return [line if line.endswith("\n") else f"{line}\n" for line in found]


def _verdict(tables):
    keys = [name for name in tables[0].columns if name != "value"]
    for other in tables[1:]:
        if set(other.columns) != set(tables[0].columns) or len(other) != len(tables[0]):
            sizes = " and ".join(f"{len(table):,}" for table in tables)
            return f"not the same runs: {sizes} numbers"
    tables = _same_words(tables, keys)
    if not _same_labels(tables, keys):  # the same rows in another order?
        tables = [table.sort_values(keys, ignore_index=True) for table in tables]
        if not _same_labels(tables, keys):
            return "not the same runs: policies, replicates, years or groups differ"
    bits = [table["value"].to_numpy(dtype=float).view("int64") for table in tables]
    differ = sum(bits[0] != other for other in bits[1:])
    count = int((differ > 0).sum()) if len(bits) > 1 else 0
    if not count:
        return f"the same to the last bit: {len(bits[0]):,} numbers"
    return f"{count:,} of {len(bits[0]):,} numbers differ"


def _same_words(tables, keys):
    """The tables with the same categories in the same order, so that they sort alike."""
    tables = [table.reset_index(drop=True) for table in tables]
    for name in keys:
        if any(hasattr(table[name], "cat") for table in tables):
            columns = [table[name].astype("category") for table in tables]
            words = sorted({word for column in columns for word in column.cat.categories}, key=str)
            for table, column in zip(tables, columns):
                table[name] = column.cat.set_categories(words)
    return tables


def _same_labels(tables, keys):
    return all(tables[0][keys].equals(other[keys]) for other in tables[1:])


def _means(tables):
    pages = []
    for table in tables:
        last = table[table.week.isna() & (table.year == table.year.max())]
        by = last.groupby(["policy", "outcome", "group"], observed=True, sort=False)["value"]
        pages.append(
            {
                f"{policy}: {outcome}{'' if group == 'all' else f' ({group})'}": float(mean)
                for (policy, outcome, group), mean in by.mean().items()
            }
        )
    return sorted(differences(pages), key=lambda row: -_share(row[1]))


def _share(values):
    known = [value for value in values if value is not None and value == value]
    if len(known) < len(values):
        return 0.0
    size = max(map(abs, known))
    return (max(known) - min(known)) / size if size else 0.0
