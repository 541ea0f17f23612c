"""Architecture: the rules of the house, checked by reading the source."""

import ast
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from reading import (
    EXPERIMENTS,
    MODULES,
    PYTHON,
    REPOSITORY,
    imports,
    others,
    ours,
    tree,
    within,
)

from districtsim.world.files import config_names
from districtsim.world.parameters import MECHANISMS

LONGEST_FILE, LONGEST_LINE = 400, 100
ADDRESS = re.compile(r".*https?://\S+$").match

# Which of our modules a module may import. The longest matching name holds; "world" means
# everything below it. A module without a rule has no place yet: give it one here.
ERRORS = {"world.errors", "world.files"}
RESULTS = {"study.results", "study.analysis"}
MAY_IMPORT = {
    "": set(),
    "world": {"world"},
    "mechanisms": {"world"},
    "measuring": {"world"},
    "outcomes": {"measuring", "world"},
    "agents": {"world"},
    "school_year": {"mechanisms"},
    "simulation": {"world", "school_year", "outcomes", "measuring"},
    "model": {"simulation", "agents", "world"},
    "study": {"study", "simulation", "world", "outcomes"},  # names of outcomes, to check settings
    "study.counterparts": {"study", "simulation", "world", "mechanisms.learning"},  # its equations
    "study.results": {"study.results", *ERRORS},
    "study.analysis": {"study.analysis", *ERRORS},
    "show": {"show", *RESULTS, *ERRORS, "world.yaml_files"},  # words of the figures are YAML
    "show.app": {"show", "study", "model", "agents", "simulation", "outcomes", "world"},
    "documents": {"documents", "study", "outcomes", "school_year", "world"},
    "api": {"record", "study", "show", "model", "simulation", "world"},
    "bench": {"study", "model", "agents", "simulation", "outcomes", "world"},
    "bench_sweeps": {"study"},
    # The one place that knows Sacred: both `experiments/*.py` and `districtsim sweep` must write
    # the same record, and `districtsim reproduce` runs again what a record says.
    "record": {"record", "study", "world"},
    "cli": {"cli", "api", "bench", "bench_sweeps", "documents", "record", "show", "study",
            "model", "agents", "simulation", "outcomes", "school_year", "world"},
}  # fmt: skip
MESA = {"agents", "model"}
HEAVY = {"mesa", "pandas", "matplotlib", "sacred", "pyarrow", "lxml", "tqdm", "scipy.stats",
         "SALib", "distributed"}  # fmt: skip
# What a worker of a sweep imports; nothing heavy, not even inside a function.
WORKER = ("world", "mechanisms", "measuring", "outcomes", "school_year", "simulation")
LIGHT = {"numpy", "scipy.special", "yaml"}


def rule_of(module):
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        if ".".join(parts[:length]) in MAY_IMPORT:
            return ".".join(parts[:length])
    return None


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downward_only(module):
    rule = rule_of(module)
    assert rule is not None, f"{module} has no place in MAY_IMPORT"
    allowed = MAY_IMPORT[rule]
    wrong = sorted(name for name in ours(MODULES[module]) if not within(name, allowed))
    if rule == "mechanisms":
        wrong = [name for name in wrong if not is_part_of(module, name)]
    assert not wrong, f"{module} imports {', '.join(wrong)}; it may import {sorted(allowed)}"


def is_part_of(module, name):
    """A mechanism too long for one file has others, without a card, that serve it alone."""
    return name in MODULES and served_by(module) == served_by(name) != set()


def served_by(module):
    """Mechanisms that a module of mechanisms/ is, or is imported by, at any remove."""
    short = module.removeprefix("mechanisms.")
    if short in MECHANISMS:
        return {short}
    importers = [m for m, path in MODULES.items() if module in ours(path)]
    return set().union(*(served_by(m) for m in importers)) if importers else {module}


def test_mechanisms_never_import_each_other():
    for name in MECHANISMS:
        wrong = {f"mechanisms.{other}" for other in MECHANISMS} & ours(
            MODULES[f"mechanisms.{name}"]
        )
        assert not wrong, name


@pytest.mark.parametrize("module", MODULES)
def test_mesa_and_sacred_stay_in_their_places(module):
    roots = {name.split(".")[0] for name, _ in others(MODULES[module])}
    assert "sacred" not in roots or module == "record.sacred_setup"
    assert "mesa" not in roots or module in MESA or within(module, ["show.app"])


@pytest.mark.parametrize("module", MODULES)
def test_heavy_libraries_are_imported_where_they_are_used(module):
    wrong = [name for name, top in others(MODULES[module]) if top and within(name, HEAVY)]
    if module in MESA:
        wrong = [name for name in wrong if name.split(".")[0] != "mesa"]
    assert not wrong, f"{module} imports {wrong} for everybody who imports it"


@pytest.mark.parametrize("module", [m for m in MODULES if within(m, WORKER)])
def test_workers_need_numpy_alone(module):
    standard = sys.stdlib_module_names
    found = {name for name, _ in others(MODULES[module]) if name.split(".")[0] not in standard}
    wrong = sorted(name for name in found if not within(name, LIGHT))
    if module.startswith("world.nces"):
        wrong = [name for name in wrong if name.split(".")[0] != "lxml"]  # the importer's own
    assert not wrong


@pytest.mark.parametrize("path", [*PYTHON, *EXPERIMENTS.glob("*.py")], ids=lambda path: path.stem)
def test_the_only_chance_is_keyed(path):
    """No `random`, no `np.random`, no clock or process number as a seed."""
    names = {name for name, _ in others(path)} if path in PYTHON else set()
    assert not {"random", "secrets", "uuid"} & {name.split(".")[0] for name in names}
    assert "numpy.random" not in names
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in {("np", "random"), ("numpy", "random")}


@pytest.mark.parametrize("path", sorted(EXPERIMENTS.glob("*.py")), ids=lambda path: path.stem)
def test_experiments_use_the_public_names_only(path):
    wrong = {name for name in (n for n, _ in imports(path)) if name.startswith("districtsim.")}
    assert not wrong


def test_every_experiment_is_a_pair():
    scripts = {path.stem for path in EXPERIMENTS.glob("*.py")}
    assert set(config_names("experiments")) <= scripts


# Files, lines, and what may stand in them


def code_files():
    tests = REPOSITORY / "tests"
    return sorted([*PYTHON, *EXPERIMENTS.glob("*.py"), *tests.rglob("*.py")])


@pytest.mark.parametrize("path", code_files(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_files_and_lines_have_a_length_one_can_read(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    assert len(lines) <= LONGEST_FILE
    # an address at the end cannot be broken
    long = [n for n, line in enumerate(lines, 1) if len(line) > LONGEST_LINE and not ADDRESS(line)]
    assert not long


@pytest.mark.parametrize("path", code_files(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_no_name_is_defined_twice(path):
    """As a merge leaves it: the first of two is dead."""
    names = [node.name for node in tree(path).body if isinstance(node, ast.FunctionDef)]
    assert len(names) == len(set(names)), sorted(names)


@pytest.mark.parametrize("module", MODULES)
def test_no_assert_no_bare_except_no_print(module):
    scripts = [n for n in tree(MODULES[module]).body if getattr(n, "name", "") == "main"]
    command_line = {id(node) for main in scripts for node in ast.walk(main)}
    for node in ast.walk(tree(MODULES[module])):
        place = f"{module}:{getattr(node, 'lineno', 0)}"
        assert not isinstance(node, ast.Assert), f"{place}: assert is not for users"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{place}: bare except"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            prints = node.func.id == "print" and id(node) not in command_line
            assert not prints or within(module, ["cli"]), f"{place}: only the command line prints"


@pytest.mark.parametrize("module", MODULES)
def test_public_things_say_what_they_are(module):
    page = tree(MODULES[module])
    text = ast.get_docstring(page)
    assert text, f"{module} has no opening line"
    assert ": " in text.splitlines()[0], f"{module}: its name, a colon, what it does"
    registered = (ast.FunctionDef, ast.ClassDef)
    for node in page.body:
        if isinstance(node, registered) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module}.{node.name}"


@pytest.mark.parametrize("module", MODULES)
def test_nothing_is_left_for_later(module):
    text = MODULES[module].read_text(encoding="utf-8")
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)
    for node in ast.walk(tree(MODULES[module])):
        if isinstance(node, ast.Raise) and node.exc is not None:
            assert "NotImplementedError" not in ast.dump(node.exc)


def tracked_files():
    try:
        found = subprocess.run(
            ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    paths = [REPOSITORY / name for name in found.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_path_of_this_machine_is_in_the_repository():
    places = {str(REPOSITORY), str(Path.home()), tempfile.gettempdir()}
    places |= {"/" + place for place in ("home/", "Users/", "root/", "work/", "tmp/")}
    word = re.compile("|".join(rf"(?<![\w./]){re.escape(p)}(?!\w)" for p in sorted(places)))
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        assert not word.search(text), f"{path.relative_to(REPOSITORY)}: {word.search(text)[0]}"


# What an import costs


def loaded(statement):
    code = f"import sys\n{statement}\nprint(*sorted(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    return set(found.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import districtsim.simulation",
        "from districtsim.simulation import Simulation as S; S('pomeroy', 'coach_led', 1).run(1)",
        "import districtsim.study.runs",
        "import districtsim.study.workers",
    ],
)
def test_a_worker_imports_nothing_heavy(statement):
    found = {name for name in loaded(statement) if within(name, HEAVY)}
    assert not found


def test_importing_the_package_imports_nothing_else():
    assert "numpy" not in loaded("import districtsim")
    assert "numpy" in loaded("import districtsim; districtsim.District")
