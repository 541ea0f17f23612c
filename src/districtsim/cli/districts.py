"""Districts: `district import` makes one from public files, `show` and `list` look at them."""

from pathlib import Path

from districtsim.cli.printing import show
from districtsim.world.district import District, describe_district
from districtsim.world.errors import SettingError
from districtsim.world.files import config_names, nearest


def district(arguments):
    """Import, show or list districts."""
    action = _ACTIONS.get(arguments.action)
    if action is None:
        raise SettingError(
            f"districtsim district: '{arguments.action}' is not an action."
            f"{nearest(arguments.action, _ACTIONS)} Actions: {', '.join(_ACTIONS)}."
        )
    return action(arguments)


def _import(arguments):
    from districtsim.world import nces

    _needs(arguments, "import", "the downloaded files", 1)
    found = nces.choose(nces.import_districts(arguments.names), arguments.district)
    place = _folder(arguments.out) / f"{found.name}.yaml"
    if place.exists():
        raise SettingError(f"{place}: exists already; remove it or name another folder with --out.")
    saved = found.save(place)
    facts = [("saved", str(saved)), *describe_district(found)]
    _show(facts, arguments.json)


def _folder(out):
    folder = Path(out or "configs/districts")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise SettingError(f"--out {folder}: cannot be made ({problem.strerror}).") from None
    return folder


def _show_one(arguments):
    _needs(arguments, "show", "one name or file", 1, 1)
    _show(describe_district(District.load(arguments.names[0])), arguments.json)


def _list(arguments):
    _needs(arguments, "list", "nothing more", 0, 0)
    found = [District.load(name) for name in config_names("districts")]
    rows = [
        {
            "name": one.name,
            "state": one.state,
            "schools": len(one.schools),
            "pupils": round(float(one.schools.enrolment.sum())),
            "year": one.year,
            "title": one.title,
        }
        for one in found
    ]
    show(rows, arguments.json)


def _show(facts, as_json):
    show([{"what": what, "is": said} for what, said in facts], as_json)


def _needs(arguments, action, what, least, most=None):
    count = len(arguments.names)
    if count < least or (most is not None and count > most):
        raise SettingError(
            f"districtsim district {action}: takes {what}; given: {' '.join(arguments.names)!r}.\n"
            "'districtsim district --help' shows what it takes."
        )


_ACTIONS = {"import": _import, "show": _show_one, "list": _list}
