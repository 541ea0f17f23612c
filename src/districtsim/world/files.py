"""Files: where a person's YAML is found, and writing that leaves a whole file or none."""

import os
import tempfile
from difflib import get_close_matches
from pathlib import Path

from districtsim.world.errors import SettingError

_SINGULAR = {"districts": "a district", "policies": "a policy", "experiments": "an experiment",
             "studies": "a study"}  # fmt: skip


def config_folders(kind):
    """Folders that may hold files of a kind, nearest first."""
    package = Path(__file__).resolve().parents[1]
    candidates = (Path("configs"), package / "configs", package.parents[1] / "configs")
    found = []
    for folder in (candidate / kind for candidate in candidates):
        if folder.is_dir() and folder.resolve() not in [f.resolve() for f in found]:
            found.append(folder)
    return found


def config_names(kind):
    """Names that can be given for a kind ("districts", "policies", "experiments"), sorted."""
    return sorted({f.stem for folder in config_folders(kind) for f in folder.glob("*.yaml")})


def find_config(kind, name_or_path):
    """Path of a configuration named by a person, who may give a name or a file.

    Raises SettingError with the nearest name when there is none.
    """
    text = os.fspath(name_or_path)
    if text.endswith((".yaml", ".yml")) or os.sep in text:
        path = Path(text)
        if path.is_file():
            return path
        word = "is a folder, not a file" if path.is_dir() else "no such file"
        raise SettingError(f"{text}: {word}; give the file or the name of {_SINGULAR[kind]}.")
    for folder in config_folders(kind):
        path = folder / f"{text}.yaml"
        if path.is_file():
            return path
    names = config_names(kind)
    raise SettingError(
        f"'{text}' is not {_SINGULAR[kind]}.{nearest(text, names)} Known: {', '.join(names)}."
    )


def nearest(word, known):
    """ " Did you mean 'x'?" for the closest known word, or nothing."""
    close = get_close_matches(str(word), list(known), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""


def write_atomically(path, content):
    """Write text or bytes so that the file is complete or absent, also after a crash."""
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
