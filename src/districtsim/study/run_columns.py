"""Run columns: which columns the runs and values of a sweep have, and of which kind.

Kinds are the same in every chunk: what is empty in one is not in another. Numbers of the model that
no run of the sweep changes (nearly all) are kept once for all chunks.
"""

from __future__ import annotations

from districtsim.world.parameters import cards

WHOLE, NUMBER, YES, WORD, TEXT = "int64", "float64", "bool", "word", "text"
_LABELS = {
    "run": WHOLE, "run_id": TEXT, "district": WORD, "policy": WORD, "point": WHOLE,
    "replicate": WHOLE, "seed": WHOLE, "run_seed": WHOLE, "years": WHOLE, "without": WORD,
    "version": WORD,
}  # fmt: skip
_ENDING = {"status": WORD, "error": TEXT, "traceback": TEXT, "seconds": NUMBER}


class RunColumns:
    """The columns of an experiment's tables.

    runs       {column: kind} of the runs in a chunk
    constants  {column: kind} of the numbers that are the same in all runs
    varied     {column: kind} of what a design varies, in values
    """

    def __init__(self, experiment):
        self._cards = {
            card.lever or f"{card.mechanism}.{card.name}": card
            for group in cards().values()
            for card in group.values()
        }
        changed = {*experiment.vary, experiment.equal_budget}
        changed |= {lever for policy in experiment.policies for lever in policy.levers}
        budget = {} if experiment.equal_budget is None else {"budget": WORD}
        kinds = {name: _kind(card) for name, card in self._cards.items()}
        self._changing = [name for name in kinds if name in changed]
        self.runs = {**_LABELS, **{n: kinds[n] for n in self._changing}, **budget, **_ENDING}
        self.constants = {name: kind for name, kind in kinds.items() if name not in changed}
        self.varied = {"district": WORD} if len(experiment.districts) > 1 else {}
        self.varied |= {**{name: kinds[name] for name in experiment.vary}, **budget}

    def numbers_of(self, run):
        """{column: value} of the numbers that change between runs."""
        return {name: self._value(run, name) for name in self._changing}

    def constants_of(self, run):
        """The numbers that do not, as a pyarrow table of one row."""
        return table_of([{n: self._value(run, n) for n in self.constants}], self.constants)

    def _value(self, run, name):
        card = self._cards[name]
        if card.lever:
            return run.policy.levers.get(name, card.value)
        return (run.parameters or {}).get(card.mechanism, {}).get(card.name, card.value)


def table_of(rows, kinds):
    """Rows (dicts) as a pyarrow table with columns of these kinds."""
    import pyarrow

    return pyarrow.table(
        {name: array_of([row[name] for row in rows], kind) for name, kind in kinds.items()}
    )


def array_of(values, kind):
    """Values as a pyarrow array of a kind."""
    import pyarrow

    if kind == NUMBER:
        values = [value if value is None else float(value) for value in values]
    if kind in (WORD, TEXT):
        words = pyarrow.array(values, pyarrow.string())
        return words.dictionary_encode() if kind == WORD else words
    return pyarrow.array(values, pyarrow.type_for_alias(kind))


def _kind(card):
    if card.options is None:
        return WHOLE if card.whole else NUMBER
    return YES if all(isinstance(option, bool) for option in card.options) else WORD
