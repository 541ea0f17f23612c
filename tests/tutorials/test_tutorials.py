"""Tutorials: every fenced block of docs/tutorials/*.md is run in the order of its page.

```yaml file=NAME   is saved under that name
```sh               is run by a shell in which `districtsim` is this package
```python           is run, a page's blocks together; what they print is not compared
```text             is what the block before it printed, `...` standing for anything
Other fences are refused, so that nothing on a page goes unrun by mistake.
"""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "tutorials").glob("*.md"))
FENCE = re.compile(r"^```(\S+)?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST = 300  # seconds of one block on a busy machine


def blocks(page):
    """(kind, what stands behind it, text) of every fenced block."""
    return [(kind or "", more.strip(), text) for kind, more, text in FENCE.findall(page)]


@pytest.fixture
def shell(tmp_path):
    """A function that runs a command in the page's folder, where `districtsim` is on the path."""
    tools = tmp_path / "tools"
    tools.mkdir()
    program = tools / "districtsim"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom districtsim.cli import main\nsys.exit(main())\n"
    )
    program.chmod(0o755)
    place = tmp_path / "page"
    place.mkdir()
    paths = [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "COLUMNS": "100",
    }

    def run(*command):
        return subprocess.run(
            command, cwd=place, env=environment, capture_output=True, text=True, timeout=LONGEST
        )

    run.place = place
    return run


def run_page(page, shell):
    """Run every block of a page; a block that fails or prints something else fails the test."""
    printed, python = "", ""
    for kind, more, text in blocks(page):
        if kind == "yaml":
            name = re.fullmatch(r"file=([\w.]+)", more)
            assert name, f"a yaml block needs file=NAME: {text[:60]}"
            (shell.place / name[1]).write_text(text, encoding="utf-8")
        elif kind in ("sh", "python"):
            python += text if kind == "python" else ""
            command = ("sh", "-ec", text) if kind == "sh" else (sys.executable, "-c", python)
            done = shell(*command)
            assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
            printed = done.stdout
        elif kind == "text":
            assert same(text, printed), f"said:\n{text}\nprinted:\n{printed}"
        else:
            pytest.fail(f"a block of kind '{kind}' is not run; indent what is only shown")


def same(said, printed):
    """Whether text is as said but for spaces and line breaks, `...` standing for anything."""
    flat = [" ".join(it.split()) for it in (said, printed)]
    return doctest.OutputChecker().check_output(*flat, doctest.ELLIPSIS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_tutorial_does_what_it_says(path, shell):
    run_page(path.read_text(encoding="utf-8"), shell)


@pytest.mark.parametrize(
    "page",
    [
        "```sh\nfalse\n```",
        "```sh\necho one\n```\n```text\ntwo\n```",
        "```python\nassert 1 == 2\n```",
        "```yaml\na: 1\n```",
        "```ruby\n1\n```",
    ],
)
def test_a_page_that_is_wrong_fails(page, shell):
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        run_page(page, shell)


def test_sizes_of_each_tutorial_are_said():
    assert PAGES
    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        assert re.search(r"\bsizes\b", text), f"{path.name} says how small its runs are"
