"""The districts that ship are what the importer makes of the published files, to the byte."""

import os
from pathlib import Path

import numpy as np
import pytest

from districtsim.world import nces
from districtsim.world.district import District

DATA = Path(__file__).parents[1] / "data"
CONFIGS = Path(__file__).parents[2] / "configs" / "districts"
SCHOOLS = DATA / "washington_schools_2022-23.csv.gz"
STAFF = DATA / "CCD_LEA_059_1516_W_1a_011717_WA.csv"
RACE = DATA / "ospi_school_race_counts_2019-20.csv"
# name: NCES District ID, schools with pupils, pupils, whether race counts were at hand
SHIPPED = {
    "pomeroy": ("5306780", 2, 351, False),
    "methow_valley": ("5305020", 4, 756, False),
    "mukilteo": ("5305430", 24, 15_017, True),
    "northshore": ("5305910", 37, 22_944, True),
    "yakima": ("5310110", 28, 15_553, False),
    "spokane": ("5308250", 63, 28_714, False),
    "tacoma": ("5308700", 66, 28_311, False),
    "seattle": ("5307710", 106, 51_025, True),
}


@pytest.fixture(scope="module")
def imported():
    return {
        True: nces.import_districts([SCHOOLS, STAFF, RACE]),
        False: nces.import_districts([SCHOOLS, STAFF]),
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_the_importer_makes_the_shipped_files(name, imported, tmp_path):
    nces_id, _, _, with_race = SHIPPED[name]
    folder = CONFIGS if os.environ.get("SHIP") else tmp_path
    made = nces.choose(imported[with_race], nces_id).save(folder / f"{name}.yaml")
    for suffix in (".yaml", ".csv"):
        shipped = (CONFIGS / f"{name}{suffix}").read_text(encoding="utf-8")
        assert made.with_suffix(suffix).read_text(encoding="utf-8") == shipped


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_districts_have_the_published_schools_and_pupils(name):
    nces_id, schools, pupils, with_race = SHIPPED[name]
    district = District.load(name)
    assert (district.name, district.nces_id, district.state) == (name, nces_id, "WA")
    assert (district.year, len(district.schools)) == ("2022-23", schools)
    assert district.schools.enrolment.sum() == pupils
    assert district.schools.race_known.any() == with_race
    assert {"publisher", "title", "year", "terms"} <= set(district.provenance[0])
    completed, _ = district.completed()
    assert np.isfinite(completed.schools.teachers).all()


def test_central_offices_are_those_of_the_staff_file():
    """By hand from the rows of the 2015-16 file: LEAADM, LEASUP, CORSUP."""
    seattle, pomeroy = District.load("seattle"), District.load("pomeroy")
    assert seattle.office == {"administrators": 44.8, "support": 89.42, "coordinators": 241.67}
    assert pomeroy.office == {"administrators": 0.79, "support": 0.99, "coordinators": 1.83}


def test_race_counts_of_seattle_are_those_of_the_state():
    """105 of 106 schools; Interagency Detention School is not in the state's table."""
    schools = District.load("seattle").schools
    assert schools.race_known.sum() == 105
    assert schools.name[~schools.race_known].tolist() == ["Interagency Detention School"]
