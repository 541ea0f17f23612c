"""Plots: what is drawn is what the tables say, with units, intervals and replicates named."""

import itertools
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from matplotlib.container import BarContainer
from matplotlib.text import Text

from districtsim.show import arms, drawing, looks, plots, words
from districtsim.study import analysis

UNITS = ("leadership", "supervision", "human_resources", "all")
SUBJECTS = ("mathematics", "ela", "science", "all")
QUARTERS = tuple(f"quartile {q}" for q in (1, 2, 3, 4))
COACHED = ("status_quo", "coach_led", "leader_led")


def tidy(layout, policies=("status_quo", "leader_led"), replicates=3, years=3, weekly=(), **vary):
    """Tidy values of {outcome: groups}; numbers differ by policy, replicate, year and group."""
    rows = []
    points = [dict(zip(vary, combination)) for combination in itertools.product(*vary.values())]
    for (p, policy), (q, point) in itertools.product(enumerate(policies), enumerate(points)):
        for replicate, (o, outcome) in itertools.product(
            range(1, replicates + 1), enumerate(layout)
        ):
            last = 52 * years if outcome in weekly else years
            for g, group in enumerate(layout[outcome]):
                for period in range(1, last + 1):
                    value = 1 + 0.3 * p + 0.1 * q + 0.02 * replicate * (1 + p + q)
                    value += 0.01 * o + 0.05 * g + 0.1 * period / last
                    week = period if outcome in weekly else np.nan
                    year = (period - 1) // 52 + 1 if outcome in weekly else period
                    rows.append((policy, replicate, year, week, outcome, group, value,
                                 *point.values()))  # fmt: skip
    return pd.DataFrame(rows, columns=[
        "policy", "replicate", "year", "week", "outcome", "group", "value", *vary
    ])  # fmt: skip


def coaching(replicates=3, policies=COACHED, weekly=True):
    layout = {"appropriation": UNITS, "leading_hours": ("superintendent", "all")}
    values = tidy(layout, policies, replicates)
    if weekly:
        values = pd.concat([values, tidy(layout, policies, replicates, weekly=layout)])
    return values


def supervision(replicates=3, **vary):
    layout = dict.fromkeys(
        ("support_hours", "principal_leadership", "cost_per_student", "teaching_quality"), ("all",)
    )
    vary = vary or {"supervision.caseload": [8, 16, 30], "supervision.protected_days": [0, 3]}
    return tidy(layout, ("status_quo",), replicates, 2, **vary)


def development(replicates=3, policies=("siloed_pd", "tiered_pd", "aligned_pd")):
    return tidy(
        {"teaching_quality": SUBJECTS + QUARTERS, "pd_match": ("all",), "pd_wasted_hours": ("all",),
         "opportunity_gap": ("income",)},
        policies, replicates,
    )  # fmt: skip


FIGURES = {
    "research_use": (plots.research_use, coaching),
    "caseload": (plots.caseload, supervision),
    "pd_allocation": (plots.pd_allocation, development),
}
every_figure = pytest.mark.parametrize(("draw", "values"), FIGURES.values(), ids=FIGURES)


def texts(figure):
    """Everything that is written on a figure."""
    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]


def caption(figure):
    return " ".join(figure.get_supxlabel().split())


def intervals(figure):
    return [it for axes in figure.axes for it in axes.get_children()
            if it.get_label() == drawing.INTERVAL]  # fmt: skip


@pytest.fixture(scope="module", params=FIGURES)
def drawn(request):
    """Name and Figure of each experiment, drawn once for the tests that only look."""
    draw, values = FIGURES[request.param]
    return request.param, draw(values(), source="run results/demo/1 (Seattle, seed 4)")


def test_a_figure_asks_a_question_and_names_run_and_replicates(drawn):
    _, figure = drawn
    assert figure.get_suptitle().endswith("?")
    assert "Source: run results/demo/1 (Seattle, seed 4)." in caption(figure)
    assert "Replicates: 3." in caption(figure)


def test_intervals_are_drawn_and_said_to_be(drawn):
    _, figure = drawn
    assert intervals(figure)
    assert "95 % intervals over replicates" in caption(figure)


@every_figure
def test_one_replicate_has_no_interval_and_the_caption_says_so(draw, values):
    figure = draw(values(replicates=1))
    assert not intervals(figure)
    assert "One replicate: no intervals." in caption(figure)
    assert "95 %" not in caption(figure)


@every_figure
def test_a_table_without_rows_gives_a_figure_that_says_so(draw, values):
    figure = draw(values()[:0])
    assert "no numbers in these runs" in texts(figure)


@every_figure
def test_other_outcomes_give_panels_that_say_so(draw, values):
    assert draw(values().assign(outcome="days_to_fill"))


UNITS_OF = {
    "research_use": {"weeks", "depth, 0 none to 4 mastery", "hours a week",
                     "points of 4 more than Status quo"},
    "caseload": {"principals per supervisor", "hours a week", "US$ a student and year",
                 "SD of principals (up is better)", "US$ a student and year (difference)"},
    "pd_allocation": {"year", "SD of teachers (up is better)", "SD of teachers (down is better)",
                      "percent", "hours a year for each teacher",
                      "pupils by poverty of their school"},
}  # fmt: skip


def test_axes_have_units(drawn):
    name, figure = drawn
    assert UNITS_OF[name] <= set(texts(figure))
    assert all(axes.get_xlabel() for axes in figure.axes)


def test_nothing_is_written_outside_the_page(drawn):
    _, figure = drawn
    box = figure.get_tightbbox()
    assert box.x0 >= -0.02
    assert box.y0 >= -0.02
    assert box.x1 <= figure.get_figwidth() + 0.02
    assert box.y1 <= figure.get_figheight() + 0.02


def test_the_coach_leaves_in_week_78():
    figure = plots.research_use(coaching())
    assert "coach leaves,\nweek 78" in texts(figure)
    marks = [
        line.get_xdata()[0] for line in figure.axes[0].lines if len(set(line.get_xdata())) == 1
    ]
    assert 78 in marks


def test_the_middle_of_a_year_stands_over_its_mean():
    figure = plots.research_use(coaching(weekly=False))
    marks = [
        line.get_xdata()[0] for line in figure.axes[0].lines if len(set(line.get_xdata())) == 1
    ]
    assert marks == [2.0]  # week 78 is half way through year 2, whose mean is drawn at 2
    assert figure.axes[0].get_xlabel() == "year"


def test_without_a_coach_nothing_is_marked():
    figure = plots.research_use(coaching(), coach_leaves=None)
    assert not any("coach leaves" in text for text in texts(figure))


def test_what_is_left_is_the_paired_difference():
    values = coaching(weekly=False)
    table = analysis.paired_differences(values, "status_quo")
    row = table[(table.policy == "leader_led") & (table.outcome == "appropriation")
                & (table.group == "all") & (table.year == 3)].iloc[0]  # fmt: skip
    figure = plots.research_use(values)
    panel = next(axes for axes in figure.axes if "What is left" in axes.get_title(loc="left"))
    dots = [line.get_xdata()[0] for line in panel.lines if line.get_marker() not in ("None", None)]
    assert any(dot == pytest.approx(row.difference) for dot in dots)
    ends = [list(line.get_xdata()) for line in panel.lines if line.get_label() == drawing.INTERVAL]
    assert any(end == pytest.approx([row.low, row.high]) for end in ends)


def test_an_interval_by_hand():
    # 1, 2, 3, 4: mean 2.5, t interval 0.445739 to 4.554261 (see test_analysis)
    values = tidy({"teaching_quality": ("all",)}, ("status_quo",), 4, 1)
    figure = plots.band(values.assign(value=[1.0, 2.0, 3.0, 4.0]), "teaching_quality")
    (bar,) = intervals(figure)
    assert list(bar.get_xdata()) == pytest.approx([0.445739, 4.554261], abs=1e-6)


def test_a_group_without_numbers_is_left_out_and_noted():
    values = development()
    values.loc[values.group.isin(["science", "quartile 3"]), "value"] = np.nan
    figure = plots.pd_allocation(values)
    assert (
        "Left out, as there are no numbers: teaching quality, science; teaching quality, third "
        "quarter." in caption(figure)
    )


def test_one_policy_has_nothing_to_be_compared_with():
    assert "nothing to compare" in texts(plots.research_use(coaching(policies=("status_quo",))))
    assert plots.pd_allocation(development(policies=("siloed_pd",)))


def test_a_run_that_does_not_vary_caseload_has_no_panels_of_it():
    figure = plots.caseload(supervision(**{"supervision.protected_days": [0, 3]}))
    assert "one caseload only" in texts(figure)


def test_leadership_is_compared_with_sixteen_and_no_protected_days():
    figure = plots.caseload(supervision())
    assert "16 principals per supervisor, 0 protected days" in caption(figure)
    panel = next(a for a in figure.axes if "lead teaching" in a.get_title(loc="left"))
    at_sixteen = [
        y for line in panel.lines for x, y in zip(line.get_xdata(), line.get_ydata())
        if line.get_label() != drawing.INTERVAL and len(line.get_xdata()) == 3 and abs(x - 16) < 1
    ]  # fmt: skip
    assert min(at_sixteen, key=abs) == 0


def test_a_caseload_that_was_not_run_gives_way_to_the_nearest():
    values = supervision(**{"supervision.caseload": [6, 14, 30]})
    assert "from 14 principals per supervisor" in caption(plots.caseload(values))


def test_lines_that_are_the_same_are_drawn_once():
    values = supervision()
    cost = values.outcome == "cost_per_student"
    values.loc[cost, "value"] = 1000.0 / values.loc[cost, "supervision.caseload"]
    assert texts(plots.caseload(values)).count("the same for all") == 1


def test_caseload_at_equal_budget_has_panels_of_its_own():
    vary = {"supervision.caseload": [8, 16], "supervision.protected_days": [0, 3],
            "budget": ["as it costs", "equal"]}  # fmt: skip
    figure = plots.caseload(supervision(**vary), paid_with="PD days")
    assert sum("At today's budget" in axes.get_title(loc="left") for axes in figure.axes) == 2
    assert "PD days pay for what is dearer" in caption(figure)


def test_forest_shows_the_effects_it_is_given():
    effects = analysis.paired_differences(development(), "siloed_pd")
    figure = plots.forest(effects, ["pd_wasted_hours"], baseline="siloed PD")
    shown = [line.get_xdata()[0] for line in figure.axes[0].lines
             if line.get_marker() not in ("None", None)]  # fmt: skip
    last = effects[(effects.outcome == "pd_wasted_hours") & (effects.year == 3)]
    assert sorted(shown) == pytest.approx(sorted(last.difference))
    assert "hours a year for each teacher (left is better)" in texts(figure)


def test_forest_without_effects_says_so():
    effects = analysis.paired_differences(development(), "siloed_pd")[:0]
    assert "no numbers in these runs" in texts(plots.forest(effects))


def test_a_band_by_hand():
    values = tidy({"teaching_quality": ("all",)}, ("status_quo",), 4, 2)
    values["value"] = values["replicate"].astype(float) + 10.0 * values["year"]
    figure = plots.band(values, "teaching_quality")
    (band,) = intervals(figure)
    corners = {tuple(np.round(point, 5)) for point in band.get_paths()[0].vertices}
    expected = {(1, 10.44574), (1, 14.55426), (2, 20.44574), (2, 24.55426)}
    assert expected <= corners


def test_bars_of_a_week_add_up_to_the_week():
    hours = {"principal: instruction": 10.0, "principal: hiring": 5.0, "principal: travel": 0.1,
             "principal: board": 0.0, "teacher: teaching": 27.0}  # fmt: skip
    values = tidy({"time_use": tuple(hours)})
    values["value"] = values["group"].map(hours)
    figure = plots.time_use(values, "principal")
    bars = [bar for axes in figure.axes for bar in axes.containers if isinstance(bar, BarContainer)]
    widths = {bars.get_label(): bars[0].get_width() for bars in bars}
    assert list(widths) == ["leading instruction", "hiring and staffing", "small tasks"]
    assert list(widths.values()) == pytest.approx([10.0, 5.0, 0.1])
    assert "hours a week in term, year 3" in texts(figure)


def test_many_policies_with_long_names_can_be_told_apart():
    names = [f"coach_led_with_a_name_that_goes_on_and_on_{i}" for i in range(20)]
    figure = plots.research_use(coaching(2, names))
    figure.draw_without_rendering()
    for axes in figure.axes[:2]:
        boxes = [Text.get_window_extent(text) for text in axes.texts if text.arrow_patch]
        assert len(boxes) == 20
        boxes.sort(key=lambda box: box.y0)
        assert all(low.y1 <= high.y0 + 1.5 for low, high in itertools.pairwise(boxes))
    given = looks.looks([], names).values()
    assert len({(look.color, look.style) for look in given}) == 20


def test_lines_of_many_weeks_have_markers_apart():
    places = {drawing._some(260, turn) for turn in range(8)}
    assert len(places) == 8
    assert drawing._some(5, 3) == (0, 1)  # every year has one


@pytest.mark.parametrize("color", [*looks.COLORS, *looks.SHADES, looks.BASELINE])
def test_colored_words_can_be_read(color):
    ink = looks.luminance(looks.Look(color).ink)
    assert 1.05 / (ink + 0.05) >= 4.5  # WCAG AA on white


def test_districts_are_compared_within_themselves():
    values = pd.concat([
        development().assign(district="tacoma"),
        development().assign(district="seattle", value=lambda v: 5 + 2 * v["value"]),
    ])  # fmt: skip
    changes, base = arms.differences(values)
    assert base == "Siloed PD"
    assert set(changes["arm"]) == {f"{p} PD, {d}" for p in ("Tiered", "Aligned")
                                   for d in ("Tacoma", "Seattle")}  # fmt: skip
    assert plots.pd_allocation(values)


def test_arms_are_called_by_what_differs_from_the_baseline():
    labelled = arms.label(supervision(), (), words.experiment("caseload")["reference"])
    assert arms.names(labelled) == [
        "8 principals per supervisor", "8 principals per supervisor, 3 protected days",
        "16 principals per supervisor, 0 protected days", "3 protected days",
        "30 principals per supervisor", "30 principals per supervisor, 3 protected days",
    ]  # fmt: skip


def test_saved_figures_are_whole_and_the_same_every_time(tmp_path):
    figure = plots.band(development(), "teaching_quality", "ela")
    written = plots.save(figure, tmp_path / "new" / "v1.2")
    assert [path.name for path in written] == ["v1.2.png", "v1.2.svg", "v1.2.pdf"]
    assert [path.read_bytes()[:4] for path in written] == [b"\x89PNG", b"<?xm", b"%PDF"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(
        path.name for path in written
    )
    first = [path.read_bytes() for path in written]
    again = plots.band(development(), "teaching_quality", "ela")
    assert [p.read_bytes() for p in plots.save(again, tmp_path / "new" / "v1.2")] == first


def test_pyplot_is_never_imported():
    code = (
        "import sys; from districtsim.show import plots;"
        "assert 'matplotlib' not in sys.modules and 'pandas' not in sys.modules;"
        "import pandas as pd; columns = 'policy replicate year week outcome group value'.split();"
        "row = ['a', 1, 1, None, 'teaching_quality', 'all', 1.0];"
        "plots.picture(plots.band(pd.DataFrame([row], columns=columns), row[4]), 'png');"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_headline_experiments_have_figures():
    from districtsim.study.headlines import EXPERIMENTS

    assert set(EXPERIMENTS) == set(plots.FIGURES)
