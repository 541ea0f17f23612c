"""Plots of studies: sensitivity, maps, runs, pairs, flows and quarters say what tables say."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from test_plots import caption, texts, tidy
from test_sensitivity import factors, ishigami, values

from districtsim.show import plots, plots_sensitivity, run_pages, words
from districtsim.study import analysis
from districtsim.study.sampling import Points

ABOUT = {"outcome": "support_hours", "group": "all", "year": 1, "policy": "p", "against": None}
SOURCE = "run results/q/1 (Tacoma, seed 4)"


def sampled(design, samples=None, **options):
    points = Points(design, factors(), samples, seed=1, **options)
    base = dict.fromkeys((factor.name for factor in factors()), 0.5)
    rows = [{**base, **point} for point in points[:]]
    return analysis.sensitivity(analysis.response(values(rows, ishigami, luck=1), "support_hours"))


@pytest.fixture(scope="module")
def tables():
    base = {"x.a": 0.5, "x.b": 0.5, "x.c": 0.5}
    return {
        "sobol": sampled("sobol", 64), "morris": sampled("morris", 6),
        "latin_hypercube": sampled("latin_hypercube", 70),
        "one_at_a_time": sampled("one_at_a_time", base=base),
    }  # fmt: skip


@pytest.mark.parametrize("method", analysis.METHODS)
def test_a_figure_of_sensitivity_names_numbers_units_and_runs(tables, method):
    units = {"x.a": "h/week"}
    figure = plots_sensitivity.figure(tables[method], {**ABOUT, "units": units}, source=SOURCE)
    said = " ".join(texts(figure)).replace("\n", " ")
    assert figure.get_suptitle() == "What moves support for principals in year 1?"
    for name in ("x: a", "x: b", "x: c"):
        assert name in said
    assert SOURCE in caption(figure)
    assert "95 %" in caption(figure)
    assert f"{tables[method].attrs['points']} points, each under the same luck" in caption(figure)
    labels = [axes.get_xlabel() for axes in figure.axes if axes.get_xlabel()]
    assert all("hours a week" in label or "variance" in label for label in labels)


def test_bars_of_a_tornado_are_the_swings(tables):
    table = tables["latin_hypercube"]
    figure = plots.tornado(table, ABOUT)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert widths == pytest.approx(list(table["swing"]))


def test_bars_of_sobol_are_the_indices_in_percent(tables):
    table = tables["sobol"]
    widths = [bar.get_width() for bar in plots.sobol(table, ABOUT).axes[0].patches]
    assert widths[::2] == pytest.approx(list(100 * table["total"]))
    assert widths[1::2] == pytest.approx(list(100 * table["first"]))


def test_a_difference_between_policies_is_said_in_the_title(tables):
    about = {**ABOUT, "policy": "leader_led", "against": "status_quo"}
    title = plots.morris(tables["morris"], about).get_suptitle().replace("\n", " ")
    assert "difference in support for principals between 'Leader led' and 'Status quo'" in title


def grid(replicates=4):
    return tidy(
        {"support_hours": ("all",), "cost_per_student": ("all",)}, ("status_quo",), replicates, 2,
        **{"supervision.caseload": [8, 16, 30], "supervision.protected_days": [0, 3]},
    )  # fmt: skip


def test_a_map_has_contours_units_and_what_it_is_compared_with():
    reference = {"supervision.caseload": 16, "supervision.protected_days": 0}
    figure = plots.heat_map(
        grid(), "supervision.caseload", "supervision.protected_days", "support_hours",
        reference=reference, source=SOURCE,
    )  # fmt: skip
    axes, bar = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("principals per supervisor", "protected days")
    assert bar.get_ylabel() == "difference, hours a week"
    assert "from the star (16 principals per supervisor, 0 protected days)" in caption(figure)
    numbers = [t for t in axes.findobj(Text) if t.get_text().startswith(("+", words.MINUS))]
    assert numbers  # on the contours
    mesh = axes.collections[0].get_array()
    changes = analysis.means(grid(), by=("supervision.caseload", "supervision.protected_days"))
    changes = changes[(changes["outcome"] == "support_hours") & (changes["year"] == 2)]
    wanted = changes.pivot(index="supervision.protected_days", columns="supervision.caseload")
    wanted = wanted["mean"] - wanted["mean"].loc[0, 16]
    assert np.asarray(mesh) == pytest.approx(wanted.to_numpy())


def test_over_one_lever_a_line_for_each_other():
    figure = plots.dose(grid(), "supervision.caseload", ["support_hours"], source=SOURCE)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) == 3]
    assert len(lines) == 2
    assert "0 protected days" in " ".join(texts(figure)).replace("\n", " ")


def test_single_runs_are_drawn_with_their_median_and_middle():
    figure = plots.spaghetti(tidy({"support_hours": ("all",)}, replicates=5), "support_hours")
    assert len(figure.axes) == 2  # a panel for each policy
    heights = {axes.get_ylim() for axes in figure.axes}
    assert len(heights) == 1
    *threads, median = figure.axes[0].lines
    table = np.array([line.get_ydata() for line in threads])
    assert len(table) == 5
    assert median.get_ydata() == pytest.approx(np.median(table, axis=0))
    assert "not an interval of the mean" in caption(figure)


def test_pairs_are_dots_with_the_numbers_beside_them():
    figure = plots.pairs(tidy({"support_hours": ("all",)}, replicates=4), "support_hours")
    assert "compared with Status quo?" in figure.get_suptitle().replace("\n", " ")
    small = [line for line in figure.axes[0].lines if line.get_markersize() < 3]
    # leader_led is 0.3 + 0.02 x replicate higher
    assert sorted(small[0].get_xdata()) == pytest.approx([0.32, 0.34, 0.36, 0.38])
    assert any(text.startswith("+0.35") for text in texts(figure))


def test_flows_say_the_hours_on_both_sides():
    values = tidy({"time_use": ("ild: support", "ild: meetings", "principal: other")})
    figure = plots.flows(values, "ild", source=SOURCE)
    said = texts(figure)
    assert sum("supporting principals" in text for text in said) == 2
    assert not any("other" in text for text in said)
    assert "does not say which hour became which" in caption(figure)
    assert plots.flows(values[values["policy"] == "status_quo"], "ild").axes


def test_quarters_share_their_axis_and_a_missing_one_says_so():
    groups = ("quartile 1", "quartile 2", "quartile 4")
    figure = plots.quarters(tidy({"teaching_quality": groups}), "teaching_quality")
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["Least poor quarter of schools", "Second quarter of schools",
                      "Third quarter of schools", "Poorest quarter of schools"]  # fmt: skip
    drawn = [axes for axes in figure.axes if axes.lines]
    assert len(drawn) == 3
    assert len({axes.get_ylim() for axes in drawn}) == 1
    assert "no numbers in these runs" in texts(figure)


@pytest.mark.parametrize("draw", [
    lambda v: plots.spaghetti(v, "support_hours"),
    lambda v: plots.quarters(v, "teaching_quality"),
    lambda v: plots.pairs(v, "support_hours"),
    lambda v: plots.flows(v, "ild"),
    lambda v: plots.heat_map(v.assign(a=1.0, b=2.0), "a", "b", "support_hours"),
])  # fmt: skip
def test_a_table_without_rows_gives_a_figure_that_says_so(draw):
    figure = draw(tidy({"support_hours": ("all",)})[:0])
    assert any("no" in text for text in texts(figure))


def test_designs_are_known_by_their_points():
    assert run_pages.design_of(tidy({"support_hours": ("all",)})) == ""
    assert run_pages.design_of(grid()) == run_pages.GRID
    points = Points("latin_hypercube", factors(), 20, seed=1)
    assert run_pages.design_of(values(points, ishigami)) == "latin_hypercube"
    assert run_pages.design_of(grid(), {"design": "morris"}) == "morris"  # the folder knows


def test_figures_fit_what_was_varied():
    class Found:
        folder = None
        runs = pd.DataFrame(
            {"district": ["tacoma"], "years": [2], "seed": [1], "version": ["0"], "policy": ["a"]}
        )
        values = grid()

    assert set(plots.figures("q", Found)) == {
        "dose", "effects", "map_cost_per_student", "map_support_hours",
    }  # fmt: skip
    Found.values = tidy({"support_hours": ("all",)})
    assert set(plots.figures("q", Found)) == {"years", "effects"}


def test_every_figure_can_be_told_without_color(tables):
    """What differs by color differs by hatch, marker, place or text as well."""
    figure = plots.sobol(tables["sobol"], ABOUT)
    hatches = {bar.get_hatch() for bar in figure.axes[0].patches}
    assert len(hatches) == 2
    figure = plots.tornado(tables["one_at_a_time"], ABOUT)
    by_color = {}
    for bar in figure.axes[0].patches:
        by_color.setdefault(bar.get_facecolor(), set()).add(bar.get_hatch())
    assert all(a.isdisjoint(b) for a, b in itertools.combinations(by_color.values(), 2))
