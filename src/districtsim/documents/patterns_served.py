"""Patterns served: which findings of the ledger rest on a mechanism, a number or a lever."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Served:
    """Findings, by ID, of everything that has a name.

    mechanisms  {mechanism: findings that must vanish when it is switched off}
    numbers     {"mechanism.name": findings that must vanish without it, or that another value of
                it must end}
    levers      {"group.name": findings that compare its settings}
    """

    mechanisms: dict = field(default_factory=dict)
    numbers: dict = field(default_factory=dict)
    levers: dict = field(default_factory=dict)


def served(ledger):
    """The Served of a Ledger."""
    found = Served()
    for finding in ledger.findings.values():
        if finding.not_modelled:
            continue
        for name in finding.without:
            _note(found.numbers if "." in name else found.mechanisms, name, finding)
        moved = {**finding.instead.get("arms", {})}
        for arm in moved.values():
            for mechanism, given in (arm.parameters or {}).items():
                for name in given:
                    _note(found.numbers, f"{mechanism}.{name}", finding)
        for arm in finding.arms.values():
            for name in arm.policy.levers:
                _note(found.levers, name, finding)
    return found


def _note(where, name, finding):
    known = where.setdefault(name, [])
    if finding.id not in known:
        known.append(finding.id)
