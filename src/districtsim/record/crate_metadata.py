"""Crate metadata: what is in a crate, as RO-Crate 1.1 describes it in JSON-LD, and its README.

https://www.researchobject.org/ro-crate/specification/1.1/; the run itself follows the profile
"Process Run Crate", so that other tools find which software made which file from which.
"""

from pathlib import PurePosixPath
from urllib.parse import quote

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"
LICENCES = "https://spdx.org/licenses/"
CODE_LICENCE = "Apache-2.0"
KINDS = {
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".yaml": "application/yaml",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".diff": "text/x-diff",
    ".py": "text/x-python",
    ".html": "text/html",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".pdf": "application/pdf",
    ".cff": "application/yaml",
}
SAID = {  # what the files are; of others their name says it
    "experiment.json": "What was run: experiment, policies, design, seeds",
    "runs.parquet": "A row for each simulation: levers, parameters, seed, status",
    "values.parquet": "Every number of every simulation, tidy",
    "run.json": "Sacred's record of the run",
    "config.json": "The configuration as it was given",
    "environment.json": "Python, platform, linear algebra and packages",
    "git.json": "Commit of the code, and whether it had been changed",
    "git.diff": "What differed from the commit",
    "ODD.md": "The model in full, as the ODD protocol asks",
    "LICENSE": "Licence of the code",
    "CITATION.cff": "How to cite districtsim",
    "requirements.txt": "Packages that were installed",
    "report.html": "The results as one page",
    "stopping.json": "When the stopping rule looked, and what it saw",
}


def describe(page, record, sums, sizes, authors, licence, today):
    """The content of ro-crate-metadata.json, a dict.

    page     of experiment.json;  record  of the run, or None
    sums, sizes  {file: SHA-256}, {file: bytes} of everything else in the crate
    authors  objects with name and orcid;  licence  of the results;  today  ISO date
    """
    experiment = page["experiment"]
    people = [_person(author) for author in authors]
    names = [name for name in sums if not name.startswith("code/")]
    made = [n for n in names if n in ("runs.parquet", "values.parquet", "report.html")]
    made += [n for n in names if n.startswith("figures/")]
    used = [n for n in names if n in ("experiment.json", "config.json")]
    used += [n for n in names if n.startswith("districts/")]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": experiment.get("title") or page["name"],
        "description": _description(page),
        "datePublished": today,
        "license": {"@id": LICENCES + licence},
        "conformsTo": {"@id": PROFILE},
        "mentions": {"@id": "#run"},
        "keywords": "agent-based modelling, school district, simulation",
        "hasPart": [{"@id": _id(name)} for name in sorted(sums)],
    }
    if people:
        root["author"] = [{"@id": person["@id"]} for person in people]
    software = {
        "@id": "#districtsim",
        "@type": "SoftwareApplication",
        "name": "districtsim",
        "softwareVersion": page["version"],
        "license": {"@id": LICENCES + CODE_LICENCE},
        "operatingSystem": _of(record, "platform"),
        "softwareRequirements": {"@id": "requirements.txt"},
    }
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"districtsim: {page['name']}",
        "instrument": {"@id": "#districtsim"},
        "object": [{"@id": _id(name)} for name in used],
        "result": [{"@id": _id(name)} for name in made],
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        **_times(record),
    }
    if people:
        run["agent"] = [{"@id": person["@id"]} for person in people]
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": SPECIFICATION},
        },
        root,
        run,
        {key: value for key, value in software.items() if value},
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        *({"@id": LICENCES + name, "@type": "CreativeWork", "name": name, "url": LICENCES + name}
          for name in dict.fromkeys((licence, CODE_LICENCE))),
        *people,
        *(_file(name, sums[name], sizes[name]) for name in sorted(sums)),
    ]  # fmt: skip
    return {"@context": [CONTEXT, {"sha256": SHA256}], "@graph": graph}


def readme(page, file, licence):
    """README.md of a crate: what it is, and how to run it again."""
    experiment = page["experiment"]
    return f"""# {experiment.get("title") or page["name"]}

{experiment.get("why", "")}

{_description(page)}

To run it again and compare (all runs, or a sample of 20):

    pip install districtsim
    districtsim reproduce {file}
    districtsim reproduce {file} --sample 20

| file | what it is |
|---|---|
| `experiment.json`, `districts/` | all that decides on the numbers, seeds included |
| `runs.parquet`, `values.parquet` | a row for each simulation; every number, tidy |
| `figures/`, `report.html` | what was drawn from them, if it was |
| `run.json`, `environment.json`, `git.json`, ... | Sacred's record, the machine, the commit |
| `code/`, `requirements.txt` | the source that ran, and the packages that were installed |
| `ODD.md` | the model in full |
| `manifest-sha256.txt` | SHA-256 of every file: `sha256sum -c manifest-sha256.txt` |

Results: {licence}. Code: {CODE_LICENCE} (LICENSE). To cite the software: CITATION.cff.
"""


def _description(page):
    experiment = page["experiment"]
    what = [f"districts {', '.join(page['districts'])}", f"policies {', '.join(page['policies'])}"]
    if experiment.get("vary"):
        what.append(f"varying {', '.join(experiment['vary'])} ({experiment.get('design')})")
    return (
        f"{page['runs']:,} simulations with districtsim {page['version']}, an agent-based model "
        f"of a school district's central office: {'; '.join(what)}; {experiment.get('years')} "
        f"years, root seed {experiment.get('seed')}."
    )


def _person(author):
    identity = f"https://orcid.org/{author.orcid}" if author.orcid else f"#{quote(author.name)}"
    return {"@id": identity, "@type": "Person", "name": author.name}


def _file(name, digest, size):
    suffix = PurePosixPath(name).suffix
    entity = {
        "@id": _id(name),
        "@type": ["File", "SoftwareSourceCode"] if suffix == ".py" else "File",
        "name": SAID.get(name, name),
        "contentSize": str(size),
        "sha256": digest,
    }
    if suffix in KINDS or name == "LICENSE":
        entity["encodingFormat"] = KINDS.get(suffix, "text/plain")
    return entity


def _id(name):
    return quote(name)


def _of(record, key):
    return record.environment.get(key) if record is not None else None


def _times(record):
    if record is None:
        return {}
    times = {"startTime": record.entry.get("start_time"), "endTime": record.entry.get("stop_time")}
    return {key: f"{value}Z" for key, value in times.items() if value}
