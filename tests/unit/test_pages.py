"""Pages: what the documents of records and packages say exists; metadata agree with the package."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from districtsim.cli.parser import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("docs/checklist.md", "docs/reproducing.md")


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert inside
    assert [link for link in inside if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_exist(page):
    told = set(re.findall(r"`?districtsim ([a-z]+)\b", (ROOT / page).read_text(encoding="utf-8")))
    assert "reproduce" in told
    assert told <= set(COMMANDS)


def test_citation_and_codemeta_are_of_this_version_and_say_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    codemeta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert citation["version"] == codemeta["version"] == project["version"]
    assert citation["title"] == codemeta["name"]
    assert citation["abstract"] == codemeta["description"]
    assert citation["keywords"] == codemeta["keywords"]
    assert str(citation["date-released"]) == codemeta["datePublished"]
    assert codemeta["license"].endswith(citation["license"])
    assert [one["name"] for one in citation["authors"]] == [a["name"] for a in codemeta["author"]]
