"""Calibrate, files: docs/calibration.md and its figures."""

import io
from pathlib import Path

import numpy as np

from districtsim.show import plots, plots_calibration
from districtsim.study import calibration_page
from districtsim.world.files import write_atomically

DOCS_DOTS, DOCS_COLORS = 110, 128  # an inch, and in all: small files, sharp enough beside a text


def write_docs(docs, made, sets, plan):
    """Write calibration.md and figures/calibration/ of the documentation; returns the page."""
    home = Path(docs) / calibration_page.PICTURES
    home.mkdir(parents=True, exist_ok=True)
    for name, figure in figures(made, sets, plan).items():
        write_atomically(home / f"{name}.png", _small(figure))
    path = Path(docs) / "calibration.md"
    write_atomically(path, calibration_page.page(made, sets, plan))
    return path


def figures(made, sets, plan):
    """{name: matplotlib Figure} of what calibrated.yaml and calibrated.csv hold."""
    rows = calibration_page.number_rows(made, sets)
    note = {
        "kept": f"{made['kept']} sets kept of {made['simulated']}",
        "source": f"districtsim calibrate (seed {made['seed']}), districtsim {made['version']}",
    }
    return {
        "numbers": plots_calibration.numbers(rows, **note),
        "targets": plots_calibration.targets(_distances(made, plan), **note),
        "ruled_out": plots_calibration.ruled_out(_left(made, rows), **note),
    }


def _distances(made, plan):
    found = []
    for name, target in plan.targets.items():
        it = made["targets"].get(name)
        if it is None:
            continue
        low, high = target.interval
        size = float(np.hypot(target.error, target.discrepancy))
        ends = {
            key: [(value - (low + high) / 2) / size for value in it[key]]
            for key in ("prior", "calibrated")
        }
        found.append({"name": name, "half": (high - low) / 2 / size, **ends})
    return found


def _left(made, rows):
    found = []
    for row in rows:
        last = np.array(made["depth"][row["name"]][-1], dtype=float)
        found.append({"name": row["name"], "left": last / max(last.max(), 1e-12)})
    return found


def _small(figure):
    """A Figure as the bytes of a small PNG file."""
    from PIL import Image

    picture = Image.open(io.BytesIO(plots.picture(figure, "png", DOCS_DOTS))).convert("RGB")
    content = io.BytesIO()
    picture.quantize(DOCS_COLORS).save(content, "png", optimize=True)
    return content.getvalue()
