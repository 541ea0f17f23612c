"""Reference: `describe` prints what the source says, `check` validates a file."""

from districtsim.cli.parser import SUBJECTS
from districtsim.cli.printing import show
from districtsim.world.errors import SettingError
from districtsim.world.files import nearest

KINDS = {  # a file is of the kind of which it has a key that no other has
    "study": ("arms", "measures"),
    "experiment": ("policies", "districts", "vary", "design"),
    "policy": ("set",),
    "district": ("schools", "office", "provenance"),
}


def describe(arguments):
    """Print one part of the reference, or what of it begins with a name."""
    subject = arguments.subject
    if subject not in SUBJECTS:
        raise SettingError(
            f"districtsim describe: '{subject}' cannot be described.{nearest(subject, SUBJECTS)}\n"
            f"Subjects: {', '.join(SUBJECTS)}."
        )
    rows = _ROWS[subject]()
    if arguments.name:
        known = [str(next(iter(row.values()))) for row in rows]
        rows = [row for row, name in zip(rows, known) if name.startswith(arguments.name)]
        if not rows:
            raise SettingError(
                f"districtsim describe {subject}: nothing begins with '{arguments.name}'."
                f"{nearest(arguments.name, known)}"
            )
    show(rows, arguments.json)


def check(arguments):
    """Say of which kind a file is and whether all of it is allowed."""
    from districtsim.world.yaml_files import read_yaml

    path = arguments.file
    page = read_yaml(path)
    kinds = [kind for kind, keys in KINDS.items() if any(key in page for key in keys)]
    if not kinds:
        raise SettingError(
            f"{path}: neither a district, a policy, an experiment nor a study file.\n"
            "A district has `schools:`, a policy `set:`, an experiment `policies:`, a study "
            "`arms:`."
        )
    said = _CHECKS[kinds[0]](path)
    if arguments.json:
        show([{"file": path, "kind": kinds[0], "valid": True, "says": said}], True)
    else:
        print(f"{path}: a valid {kinds[0]} file: {said}")


def _check_district(path):
    from districtsim.world.district import District

    district = District.load(path)
    return f"{district.title}, {len(district.schools)} schools"


def _check_policy(path):
    from districtsim.world.policies import Policy

    policy = Policy.load(path)
    return f"sets {_settings(policy) or 'nothing'}"


def _check_experiment(path):
    from districtsim.study.designs import Experiment
    from districtsim.study.plan import Plan

    plan = Plan(Experiment.load(path))
    plan.check()
    most = " at most" if plan.rule else ""
    return f"{len(plan)} runs{most} of {plan.experiment.years} years"


def _check_study(path):
    from districtsim.study.trials import Study

    study = Study.load(path)
    return f"{study.repetitions} simulated studies, {len(study.measures)} measures"


_CHECKS = {
    "study": _check_study,
    "district": _check_district,
    "policy": _check_policy,
    "experiment": _check_experiment,
}


def _settings(policy):
    return ", ".join(f"{name}={_word(value)}" for name, value in policy.levers.items())


def _word(value):
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _state():
    from districtsim.world.state import tables

    return [
        {
            "column": f"{name}.{column.name}",
            "unit": column.unit,
            "shape": " x ".join(map(str, (*column.shape, name))),
            "meaning": column.meaning,
        }
        for name, table in tables().items()
        for column in table.columns()
    ]


def _levers():
    from districtsim.world.parameters import levers

    return [
        {
            "lever": name,
            "status_quo": _word(card.value),
            "allowed": card.allowed,
            "source": card.source,
        }
        for name, card in levers().items()
    ]


def _parameters():
    from districtsim.world.parameters import cards

    return [
        {
            "parameter": f"{mechanism}.{name}",
            "value": card.value,
            "range": " to ".join(f"{bound:g}" for bound in card.range) if card.range else "",
            "unit": card.unit,
            "role": card.role,
            "source": f"{card.source}. {card.note}" if card.note else card.source,
        }
        for mechanism, group in cards().items()
        for name, card in group.items()
        if not card.lever
    ]


def _outcomes():
    from districtsim.outcomes import outcomes

    return [
        {"outcome": name, "unit": it.unit, "better": it.better, "meaning": it.meaning}
        for name, it in outcomes().items()
    ]


def _calendar():
    from districtsim.school_year import calendar

    return [{"weeks": weeks, "what": what} for weeks, what in calendar()]


def _agents():
    from districtsim.agents import AGENTS

    return [
        {"agent": kind.__name__, "role": role, "what": " ".join((kind.__doc__ or "").split())}
        for role, kind in AGENTS.items()
    ]


def _policies():
    from districtsim.world.policies import Policy

    return [
        {
            "policy": name,
            "title": policy.title,
            "sets": _settings(policy),
            "why": policy.why,
        }
        for name in Policy.names()
        for policy in [Policy.load(name)]
    ]


def _mechanisms():
    """Mechanisms with what they do, and below each the single processes that go off alone."""
    from districtsim.world.parameters import MECHANISMS, about, cards, switches

    found = []
    for name, sentence in about().items():
        if name in MECHANISMS:
            found.append({"mechanism": name, "set_to": "", "about": sentence})
        for switch, off in switches().items():
            mechanism, number = switch.split(".")
            if mechanism == name:
                card = cards()[mechanism][number]
                note = card.note or f"{card.unit}; {card.source}"
                found.append({"mechanism": switch, "set_to": off, "about": note})
    return found


def _scenarios():
    from districtsim.study.scenarios import scenarios

    return [
        {
            "scenario": name,
            "title": it.title,
            "sets": ", ".join(
                f"{mechanism}.{number}={value:g}"
                for mechanism, group in it.numbers.items()
                for number, value in group.items()
            ),
            "source": it.source,
        }
        for name, it in scenarios().items()
    ]


_ROWS = {
    "state": _state,
    "levers": _levers,
    "parameters": _parameters,
    "outcomes": _outcomes,
    "calendar": _calendar,
    "agents": _agents,
    "policies": _policies,
    "mechanisms": _mechanisms,
    "scenarios": _scenarios,
}
