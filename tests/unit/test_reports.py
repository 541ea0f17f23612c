"""Reports: one page that needs nothing else and says what the tables say."""

import itertools
import json
import re
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest

from districtsim.show import report_tables, reports, words
from districtsim.study import results

VOID = {"meta", "img", "br", "link", "hr"}


class Run(SimpleNamespace):
    """A run as `results` takes it."""

    def as_row(self):
        return {
            "district": self.district, "policy": self.policy.name, "replicate": self.replicate,
            "seed": 4, "run_seed": 11, "years": 2, "without": "", "version": "0.1.0+abc",
            "research_use.leader_hours": self.lever, "hr.automation": self.lever > 1,
        }  # fmt: skip


def study(folder, numbers, district="tacoma", failed=0):
    """Write results of {policy: depth of research use by replicate}; a folder of results."""
    finished = []
    for p, (policy, values) in enumerate(numbers.items()):
        for replicate, value in enumerate(values, 1):
            run = Run(district=district, policy=SimpleNamespace(name=policy), replicate=replicate,
                      point={}, lever=0.5 + 5.5 * p)  # fmt: skip
            yearly = {
                "appropriation": (("leadership", "all"), np.full((2, 2), value)),
                "pd_match": (("all",), np.array([[0.5], [0.5 + value / 100]])),
            }
            finished.append((run, SimpleNamespace(yearly=yearly, weekly={}), 0.1))
    for run, *_ in finished[:failed]:
        broken = Run(**{**vars(run), "replicate": 99})
        finished.append((broken, RuntimeError("it broke"), 0.1))
    results.write(folder, finished)
    return folder


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A report on two policies; differences of appropriation 1, 2, 3."""
    folder = tmp_path_factory.mktemp("results") / "research_use"
    study(folder, {"status_quo": [1.0, 1.0, 1.0], "leader_led": [2.0, 3.0, 4.0]})
    return reports.write(folder).read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Checks that tags are closed in order; keeps tags with attributes, and the words."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.words = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_loads_nothing(page):
    links = re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)""", page)
    assert links
    assert all(link.startswith(("data:", "#")) for link in links)
    assert not re.search(r"<script|<link|@import|url\(", page)


def test_the_page_is_sound_and_accessible(page):
    reader = Reader(page)
    assert not reader.open
    assert reader.all("html") == [{"lang": "en"}]
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in reader.all(
        "meta"
    )
    assert reader.all("img")
    assert all(len(image["alt"]) > 40 for image in reader.all("img"))
    assert all("scope" in header for header in reader.all("th"))
    assert len(reader.all("caption")) == len(reader.all("table"))
    names = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(names) == len(set(names))
    targets = {link["href"].removeprefix("#") for link in reader.all("a")}
    assert targets <= set(names)
    levels = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_the_page_has_the_numbers_of_the_effects_table(page):
    # differences 1, 2, 3: mean 2, t interval 2 ± 2.484138 (see test_analysis)
    text = Reader(page).text
    assert "+2.0 (−0.5 to +4.5) Not settled: could be higher or lower." in text
    assert "over 3 paired replicates" in text
    # PD that fits: 1, 2 and 3 percentage points more
    assert "PD that fits (percentage points)" in text


def test_the_page_says_what_was_run(page):
    text = Reader(page).text
    for said in ("Tacoma", "Status quo and Leader led", "Seed 4", "Code version 0.1.0+abc",
                 "Simulations 6", "Replicates 3 of each"):  # fmt: skip
        assert said in text
    assert "Leader led research use: leader hours 6; HR: automation yes" in text
    assert "not measurements" in text


def test_the_page_explains_its_words_with_units(page):
    text = Reader(page).text
    assert words.outcome("appropriation").meaning in text
    assert "Unit: depth, 0 none to 4 mastery. More is better." in text


def test_what_is_known_of_the_district_is_told_or_where_to_find_it(page, tmp_path):
    assert "districtsim district show tacoma" in Reader(page).text
    folder = study(tmp_path / "compare", {"a": [1.0], "b": [2.0]})
    facts = {"tacoma": [("schools", "66"), ("assumed in a run", "Race is unknown & so left out.")]}
    told = Reader(reports.write(folder, districts=facts).read_text(encoding="utf-8")).text
    assert "Schools 66" in told
    assert "Race is unknown & so left out." in told


def test_answers_open_the_report(tmp_path):
    folder = study(tmp_path / "compare", {"a": [1.0, 2.0], "b": [2.0, 3.0]})
    answers = [{"experiment": "compare", "question": "Does b help?", "meaning": "It does not.",
                "effect": "-0.50 SD", "interval": "-0.60 to -0.40"}]  # fmt: skip
    text = Reader(reports.write(folder, answers=answers).read_text(encoding="utf-8")).text
    assert "Does b help? It does not. −0.50 SD (95 % interval −0.60 to −0.40)." in text


def test_a_folder_of_several_experiments_is_one_report(tmp_path):
    study(tmp_path / "demo" / "pd_allocation", {"siloed_pd": [1.0, 2.0], "aligned_pd": [2.0, 2.5]})
    study(tmp_path / "demo" / "research_use", {"status_quo": [1.0, 2.0], "coach_led": [2.0, 2.5]})
    written = reports.write(tmp_path / "demo")
    assert written == tmp_path / "demo" / "report.html"
    text = Reader(written.read_text(encoding="utf-8")).text
    assert text.index("Who leads the learning", 300) < text.index("professional development, on")
    assert "8 simulations of 2 years, for 2 questions" in text


def test_a_numbered_run_is_known_by_its_experiment(tmp_path):
    folder = study(tmp_path / "my_question" / "3", {"a": [1.0, 2.0], "b": [2.0, 2.5]})
    (folder / "config.json").write_text(json.dumps({"title": "Does <b> work?"}))
    text = reports.write(folder).read_text(encoding="utf-8")
    assert "Does &lt;b&gt; work?" in text
    assert 'id="my_question"' in text


def test_one_policy_gets_its_course(tmp_path):
    folder = study(tmp_path / "run", {"leader_led": [1.0, 2.0, 3.0]})
    text = Reader(reports.write(folder).read_text(encoding="utf-8")).text
    # 1, 2, 3: mean 2, t interval 2 ± 2.484138
    assert "2.0 (−0.5 to 4.5)" in text
    assert "Year 1 Year 2" in text


def test_one_replicate_claims_nothing(tmp_path):
    folder = study(tmp_path / "compare", {"a": [1.0], "b": [2.0]})
    text = Reader(reports.write(folder).read_text(encoding="utf-8")).text
    assert "+1.00 One replicate: luck and policy cannot be told apart." in text


def test_an_equal_budget_has_a_table_of_its_own(tmp_path):
    finished = []
    for caseload, budget, replicate in itertools.product(
        (8, 16), ("as it costs", "equal"), (1, 2, 3)
    ):
        point = {"supervision.caseload": caseload, "budget": budget}
        run = Run(district="tacoma", policy=SimpleNamespace(name="status_quo"),
                  replicate=replicate, point=point, number=0, lever=1.0)  # fmt: skip
        loss = replicate if caseload == 8 and budget == "equal" else 0  # 1, 2 and 3
        yearly = {
            "teaching_quality": (("all",), np.array([[1.0 - loss]])),
            "principal_leadership": (("all",), np.array([[16.0 - caseload]])),
        }
        finished.append((run, SimpleNamespace(yearly=yearly, weekly={}), 0.1))
    results.write(tmp_path / "caseload", finished)
    text = Reader(reports.write(tmp_path / "caseload").read_text(encoding="utf-8")).text
    first, second = text.split("At today's budget: differences")
    assert "8 principals per supervisor +8.00 Higher, which is better, alike" in first
    assert "8 principals per supervisor −2.0 (−4.5 to +0.5) Not settled" in second
    assert "Principals' leadership" not in second.split("What was run")[0]


def test_failed_runs_are_counted(tmp_path):
    folder = study(tmp_path / "compare", {"a": [1.0, 2.0], "b": [2.0, 3.0]}, failed=1)
    assert "5, of which 1 failed" in Reader(reports.write(folder).read_text(encoding="utf-8")).text


def test_a_study_whose_runs_all_failed_says_so(tmp_path):
    run = Run(district="tacoma", policy=SimpleNamespace(name="a"), replicate=1, point={}, lever=1)
    results.write(tmp_path / "run", [(run, RuntimeError("it broke"), 0.1)])
    assert "nothing to show" in reports.write(tmp_path / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_a_folder_without_results_is_refused(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(results.NoResults, match=name):
        reports.write(tmp_path / name)
    assert not (tmp_path / name / "report.html").exists()


def test_nothing_but_the_report_is_written(tmp_path):
    folder = study(tmp_path / "compare", {"a": [1.0, 2.0], "b": [2.0, 3.0]})
    reports.write(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "report.html", "runs.parquet", "values.parquet",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("better", "difference", "low", "high", "meaning"),
    [
        ("higher", 0.3, 0.1, 0.5, "Higher, which is better."),
        ("higher", -0.3, -0.5, -0.1, "Lower, which is worse."),
        ("lower", -0.3, -0.5, -0.1, "Lower, which is better."),
        ("neither", 0.3, 0.1, 0.5, "Higher."),
        ("higher", 0.0, 0.0, 0.0, "No difference in any replicate."),
        ("lower", 2.0, 2.0, 2.0, "Higher, which is worse, alike in every replicate."),
        ("higher", 0.1, -0.1, 0.3, "Not settled: could be higher or lower."),
    ],
)
def test_a_difference_in_words(better, difference, low, high, meaning):
    name = {"higher": "appropriation", "lower": "days_to_fill", "neither": "pd_hours"}[better]
    row = {"difference": difference, "low": low, "high": high}
    assert report_tables.in_numbers_and_words(words.outcome(name), row).meaning == meaning
