"""Pages: which pages `districtsim docs` writes, and how each is made.

A page is an entry here and a function of the module it names, which is given an `Order` and
returns the whole text. What takes minutes keeps its numbers (`stored_numbers`).
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True)
class Order:
    """How pages are wanted.

    out      folder of the pages, a Path; stored numbers are in its folder `numbers`
    renew    simulate again even where numbers are stored
    data     folder with files of real schools, or "" (see study/real_data.py)
    workers  processes (None: one for each core)
    """

    out: Path
    renew: bool = False
    data: str = ""
    workers: int | None = None

    @property
    def numbers(self):
        """Folder of stored numbers."""
        return self.out / "numbers"


@dataclass(frozen=True)
class Page:
    """A page: file in docs/, what it holds, and the module of this package that makes it."""

    file: str
    about: str
    module: str

    def text(self, order):
        """The text of the page, made as the Order says."""
        return import_module(f"districtsim.{self.module}").text(order)


PAGES = {
    "odd": Page("ODD.md", "the model in full, by the ODD protocol", "documents.odd"),
    "validation": Page(
        "validation.md",
        "simulated beside published figures and real schools",
        "documents.validation_document",
    ),
    "studies": Page(
        "studies.md",
        "simulated field studies beside what was published (from 'districtsim study --docs')",
        "documents.studies_document",
    ),
    "calibration": Page(
        "calibration.md", "what published figures rule out", "documents.calibration_document"
    ),
}
