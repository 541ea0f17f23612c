"""Trials: `districtsim study NAME|FILE` simulates field studies and their power."""

import shlex
import sys
from pathlib import Path

from districtsim.cli.findings_files import check_docs, small
from districtsim.cli.folders import recorded_folder
from districtsim.cli.printing import show
from districtsim.cli.running import number, workers
from districtsim.study import settings, trials_page
from districtsim.study.runs import code_version
from districtsim.study.trials import MOST_REPETITIONS, Study
from districtsim.world.errors import SettingError
from districtsim.world.files import find_config, write_atomically

PICTURES = "figures/studies"
COLUMNS = {
    "measure": "measure", "arm": "arm", "size": "size", "estimate": "estimate", "spread": "spread",
    "truth": "true", "bias": "bias", "significant": "p < 0.05", "coverage": "covered",
    "published": "published", "role": "role", "verdict": "it is",
}  # fmt: skip


def study(arguments):
    """Carry out studies and print what they would have found; or list, or show them."""
    if arguments.list:
        return show([_listed(Study.load(name)) for name in Study.names()], arguments.json)
    if arguments.instruments:
        return show(_instruments(), arguments.json)
    names = arguments.names or (Study.names() if arguments.docs else [])
    if not names:
        raise SettingError(
            "districtsim study: name a study or its file.\n"
            f"Studies that ship: {', '.join(Study.names())}."
        )
    if arguments.show:
        for name in names:
            print(Path(find_config("studies", name)).read_text(encoding="utf-8"), end="")
        return 0
    studies = [_changed(Study.load(name), arguments) for name in names]
    sizes = [_sizes(one, arguments.power) for one in studies]
    count, docs = workers(arguments), check_docs(arguments.docs) if arguments.docs else None
    if docs:
        return _write_docs(docs, studies, arguments, count)
    done = [_carry_out(one, size, arguments, count) for one, size in zip(studies, sizes)]
    if arguments.json:
        parts = [_as_json(result, folder) for result, folder in done]
        show(parts[0].pop("table"), True, **parts[0]) if len(parts) == 1 else show(parts, True)
    return _failures([result for result, _ in done])


def _changed(one, arguments):
    changes = {"draws": True} if arguments.draws else {}
    if arguments.repetitions is not None:
        changes["repetitions"] = settings.whole(
            number(arguments.repetitions), "--repetitions", 2, MOST_REPETITIONS, "simulated studies"
        )
    if arguments.seed is not None:
        changes["seed"] = settings.check_seed(number(arguments.seed), "--seed")
    return one.replaced(**changes)


def _sizes(one, given):
    if given is None:
        return ()
    if not given and not one.power:
        raise SettingError(
            f"--power: study '{one.name}' names no sizes; give them: --power 20 40 80."
        )
    return [
        settings.whole(number(text), "--power", 2, 5000, f"{one.size} in a study")
        for text in given or one.power
    ]


def _carry_out(one, sizes, arguments, count):
    from districtsim.study.trials_results import carry_out

    out = arguments.out
    if out is not None and len(arguments.names) > 1:
        out = Path(out) / one.name
    asked = {"repetitions": one.repetitions, "seed": one.seed, "sizes": list(sizes)}
    with recorded_folder(f"study/{one.name}", asked, out) as (folder, _):
        result = carry_out(one, power=sizes, workers=count)
        result.save(folder)
        pictures = _draw(result, folder)
    if not arguments.json:
        _print(result, folder, pictures)
    return result, folder


def _draw(result, folder):
    from districtsim.show import plots

    path = Path(folder) / "figures"
    return [
        plots.save(figure, path / name, ("png", "svg"))[0]
        for name, figure in _figures(result, f"run {folder}").items()
    ]


def _figures(result, source):
    """Pictures of a result: its power curve, or its estimates."""
    from districtsim.show import plots_trials

    one = result.study
    said = f"{source} (seed {one.seed}, districtsim {code_version()})"
    if result.summed and result.summed[0]["size"] is not None:
        return {"power": plots_trials.power(one.title, result.summed, one.size, source=said)}
    return {"estimates": plots_trials.estimates(one.title, result.rows, result.summed, source=said)}


def _print(result, folder, pictures):
    one = result.study
    units = {row["measure"]: row["unit"] for row in result.summed}
    print(f"{one.name}: {one.title}\n")
    rows = [trials_page.short(row) for row in result.summed]
    show(rows, False, columns={k: v for k, v in COLUMNS.items() if any(row.get(k) for row in rows)})
    said = "; ".join(f"{name} in {unit}" for name, unit in units.items())
    print(f"\n{one.repetitions} simulated studies, seed {one.seed}{_drawn(one)}. Units: {said}.")
    if any(row.get("role") for row in result.summed):
        print(
            "Inside, outside: the middle 95 % of estimates. Role C: has set a number; V: has not."
        )
    if result.needed:
        print(trials_page.needs(result))
    print("\n" + "\n".join(f"figure   {path}" for path in pictures))
    print(f"numbers  {folder}/estimates.parquet, summary.parquet\n")


def _drawn(one):
    return ", uncertain numbers drawn in each" if one.draws else ""


def _as_json(result, folder):
    one = result.study
    return {
        "study": one.name, "title": one.title, "repetitions": one.repetitions, "seed": one.seed,
        "draws": one.draws, "folder": str(folder), "failed": len(result.failed),
        "needed": [
            {"measure": measure, "arm": arm, one.size: size}
            for (measure, arm), size in result.needed.items()
        ],
        "table": result.summed,
    }  # fmt: skip


def _write_docs(docs, studies, arguments, count):
    """Carry out every study named and write studies.md of the documentation."""
    from districtsim.documents import studies_document
    from districtsim.documents.pages import PAGES, Order
    from districtsim.study.trials_results import carry_out

    results, powers, pictures = [], {}, {}
    (docs / PICTURES).mkdir(parents=True, exist_ok=True)
    for one in studies:
        print(f"{one.name} ...", file=sys.stderr, flush=True)
        results.append(carry_out(one, workers=count))
        drawn = _figures(results[-1], "districtsim study")
        if one.name == "blank":
            powers[one.name] = carry_out(one, power=one.power, workers=count)
            drawn |= _figures(powers[one.name], "districtsim study")
        for kind, figure in drawn.items():
            path = f"{PICTURES}/{one.name}_{kind}.png"
            write_atomically(docs / path, small(figure))
            pictures.setdefault(one.name, []).append(path)
    told = ["districtsim", "study", *arguments.names]
    told += ["--draws"] if arguments.draws else []
    for name in ("repetitions", "seed", "docs"):
        value = getattr(arguments, name)
        told += [f"--{name}", str(value)] if value is not None else []
    about = f"Generated by `{shlex.join(told)}`, districtsim {code_version()}; do not edit."
    order, path = Order(docs), docs / PAGES["studies"].file
    studies_document.keep(order, about, results, powers, pictures)
    write_atomically(path, studies_document.text(order))
    if arguments.json:
        show([{"page": str(path), "studies": [one.name for one in studies]}], True)
    else:
        print(f"page     {path}")
    return _failures([*results, *powers.values()])


def _failures(results):
    failed = [run for result in results for run in result.failed]
    if not failed:
        return 0
    total = sum(len(result.runs) for result in results)
    first = failed[0]["error"].splitlines()[0]
    print(f"{len(failed)} of {total} simulated studies failed; the first: {first}", file=sys.stderr)
    return 1


def _listed(one):
    figures = [m.published for m in one.measures if m.published is not None]
    facts = dict.fromkeys(f"{figure.fact} ({figure.role})" for figure in figures if figure.fact)
    return {
        "study": one.name,
        "title": one.title,
        "unit": one.unit,
        "sample": trials_page.sample(one),
        "measures": ", ".join(measure.name for measure in one.measures),
        "published": ", ".join(facts) or "none",
    }


def _instruments():
    from districtsim.study.instruments import instruments

    return [
        {
            "instrument": name,
            "of": it.of,
            "unit": it.unit,
            "error": "; ".join(_error(part) for part in it.components) or "none of its own",
            "bias": "" if it.bias == 1 else f"times {it.bias:g} ({it.bias_source})",
            "about": f"{it.about} {it.note}".strip(),
        }
        for name, it in instruments().items()
    ]


def _error(part):
    value = f"{part.value:g} {part.unit}" if part.card is None else f"card {part.card}"
    over = f" over the root of {part.over.replace('_', ' ')}" if part.over else ""
    return f"{part.name}: {value}{over}"
