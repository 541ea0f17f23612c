"""Studies document: docs/studies.md from stored summaries of simulated field studies.

Carrying out all studies takes a quarter of an hour or more and draws pictures, so that
`districtsim study --docs docs` does it and keeps the summaries; this page is written from them.
"""

from districtsim.documents import stored_numbers
from districtsim.study import trials_page
from districtsim.study.trials import Study
from districtsim.study.trials_results import StudyResult
from districtsim.world.errors import SettingError

FILE = "studies.json"
RESTS_ON = ("study/trials*.py", "study/instruments.*", "study/estimators.py")


def text(order):
    """The page as its stored summaries have it. Raises SettingError if there are none."""
    kept = stored_numbers.stored(order.numbers / FILE)
    if kept is None:
        raise SettingError(
            f"{order.numbers / FILE}: no such file; 'districtsim study --docs {order.out}' carries "
            "the studies out and writes it."
        )
    return written(kept["numbers"])


def keep(order, about, results, powers, pictures):
    """Keep what the page shows.

    about     sentence: how it was made
    results   StudyResults; powers: {name of the study: StudyResult} with power curves
    pictures  {name of the study: [path relative to the page]}
    """
    numbers = {
        "about": about,
        "studies": {result.study.name: _kept(result) for result in results},
        "powers": {name: _kept(result) for name, result in powers.items()},
        "pictures": pictures,
    }
    order.numbers.mkdir(parents=True, exist_ok=True)
    stored_numbers.keep(order.numbers / FILE, numbers, stored_numbers.mark(RESTS_ON))


def written(numbers):
    """The page from its numbers; the same numbers give the same page to the byte."""
    results = [_result(name, it) for name, it in numbers["studies"].items()]
    powers = {name: _result(name, it) for name, it in numbers["powers"].items()}
    return trials_page.page(results, numbers["about"], numbers["pictures"], powers)


def _kept(result):
    shipped = result.study.name in Study.names()
    return {"from": "" if shipped else result.study.origin, "summary": result.summed}


def _result(name, kept):
    study = Study.load(kept["from"] or name)
    return StudyResult.of_summary(study, kept["summary"])
