"""Records: `districtsim runs list|show|compare|diff`: what was run, and what differs."""

import json
import sys

from districtsim.cli.printing import show, table
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest

ACTIONS = ("list", "show", "compare", "diff")
MOST_ROWS = 25  # of differences in results, unless --all
STATUSES = ("COMPLETED", "INTERRUPTED", "TERMINATED", "FAILED", "DIED", "RUNNING", "QUEUED",
            "silent", "unreadable")  # fmt: skip


def runs(arguments):
    """List the records of runs, show one, or say what differs between some."""
    action = arguments.action
    if action not in ACTIONS:
        raise SettingError(
            f"districtsim runs: '{action}' is not known.{nearest(action, ACTIONS)} "
            f"Allowed: {', '.join(ACTIONS)}."
        )
    return {"list": _list, "show": _show, "compare": _compare, "diff": _diff}[action](arguments)


def _list(arguments):
    from districtsim.record import reading

    if arguments.runs:
        raise SettingError(
            f"districtsim runs list {arguments.runs[0]}: takes no names; "
            "'--results DIR' lists another folder, 'runs show' shows one run."
        )
    if arguments.observe:
        records = reading.in_database(arguments.observe)
    else:
        records = reading.find(arguments.results)
    wanted = arguments.status
    if wanted is not None:
        known = {status.lower(): status for status in STATUSES}
        if wanted.lower() not in known:
            raise SettingError(
                f"--status {wanted}: not a status.{nearest(wanted.upper(), STATUSES)} "
                f"Allowed: {', '.join(STATUSES)}."
            )
        records = [record for record in records if record.status == known[wanted.lower()]]
    if not records and not arguments.json:
        print("No records here: experiments and sweeps leave them in results/.")
        return 0
    show([_line(record) for record in records], arguments.json)
    return 0


def _line(record):
    commit = (record.git.get("commit") or "")[:8]
    return {
        "run": record.name,
        "status": record.status,
        "started": record.started.isoformat(" ", "seconds") if record.started else None,
        "seconds": record.seconds,
        "runs": record.info.get("runs"),
        "failed": record.info.get("failed"),
        "version": record.meta.get("version"),
        "commit": f"{commit}{'+' * bool(record.git.get('dirty'))}" if commit else None,
        "command": record.meta.get("command_line") or record.entry.get("command"),
    }


def _show(arguments):
    record = _some(arguments, 1, 1)[0]
    facts = [{"part": "run", "what": key, "value": value} for key, value in _line(record).items()]
    facts += _rows(record)
    if arguments.json:
        show(facts, True)
        return 0
    print(
        table([{**row, "value": _text(row["value"])} for row in facts if row["value"] is not None])
    )
    trace = record.entry.get("fail_trace")
    if trace:
        print("\n" + "".join(trace).rstrip())
    return 0


def _rows(record):
    from districtsim.record import comparing

    rows = [
        {"part": "configuration", "what": key, "value": value}
        for key, value in comparing.flat(record.config).items()
    ]
    git = record.git
    rows += [{"part": "code", "what": key, "value": git.get(key)} for key in ("branch", "dirty")]
    rows.append({"part": "code", "what": "sources kept", "value": len(record.sources)})
    rows += [
        {"part": "machine", "what": key, "value": record.environment.get(key)}
        for key in ("python", "platform", "cores", "numpy")
    ]
    rows += [
        {"part": "metric", "what": name, "value": found["values"][-1]}
        for name, found in sorted(record.metrics.items())
        if found.get("values")
    ]
    rows += [
        {"part": "artefact", "what": name, "value": str(record.folder / name)}
        for name in record.entry.get("artifacts", [])
    ]
    return rows


def _compare(arguments):
    from districtsim.record import comparing

    records = _some(arguments, 2, 20)
    names = [record.name for record in records]
    if len(set(names)) < len(names):
        raise SettingError("districtsim runs compare: the same run twice; name two that differ.")
    verdict, means = comparing.results(records)
    main = [row for row in means if not row[0].endswith(")")][:MOST_ROWS]
    parts = {
        "configuration": comparing.configuration(records),
        "code": comparing.code(records),
        "machine": comparing.machine(records),
        "results": means,
    }
    shown = [
        {"part": part, "what": what, **dict(zip(names, values))}
        for part, rows in parts.items()
        for what, values in (rows if arguments.all or part != "results" else main)
    ]
    if arguments.json:
        show(shown, True, results=verdict)
        return 0
    if shown:
        cells = [{key: _text(value) for key, value in row.items()} for row in shown]
        print(table(cells, {key: key for key in shown[0]}) + "\n")
    for part, rows in parts.items():
        if not rows and part != "results":
            print(f"{part}: no difference")
    left = 0 if arguments.all else len(means) - len(main)
    more = f"; {left} more means of the last year with --all" if left else ""
    print(f"results: {verdict}{more}")
    return 0


def _diff(arguments):
    from districtsim.record import comparing

    one, two = _some(arguments, 2, 2)
    text = comparing.diff(one, two)
    verdict, _ = comparing.results([one, two])
    if arguments.json:
        print(json.dumps({"diff": text, "results": verdict}, indent=1))
        return 0
    sys.stdout.write(text or "configuration, sources and packages: no difference\n")
    print(f"results: {verdict}")
    return 0


def _some(arguments, least, most):
    from districtsim.record import reading

    given = arguments.runs
    if not least <= len(given) <= most:
        wanted = {(1, 1): "one run", (2, 2): "two runs"}.get((least, most), "two runs or more")
        raise SettingError(
            f"districtsim runs {arguments.action}: takes {wanted}, given {len(given)}.\n"
            "'districtsim runs list' shows their names."
        )
    return [reading.named(name, arguments.results) for name in given]


def _text(value):
    if isinstance(value, (list, dict)):
        return json.dumps(value)
    return value
