"""Findings, scrutiny: numbers of the model of which a policy's choice picks one.

Where the arms of an entry differ by nothing but such a choice, the claim rests on which of the two
numbers is larger. If their plausible ranges do not overlap, no draw can reverse it, and the page
has to say so.
"""

import numpy as np

from districtsim.world.parameters import cards, levers

# Lever: pairs of numbers, the first with the lever at its usual value. tests/ searches the code of
# the mechanisms for them.
CHOICES = {
    "research_use.theory_of_action": (("assistance.told_moves", "assistance.dialogue_moves"),),
    "supervision.stance": (("supervision.moves_supervisory", "supervision.moves_teaching"),),
    "supervision.networks": (("supervision.star_moves", "supervision.peer_moves"),),
    "supervision.evaluation_by": (("time_use.compliance_hours", "time_use.evaluation_hours"),),
    "operations.scorecard": (("service.seen", "service.seen_scorecard"),),
    "equity.research_cases": (("premises.imagines_open", "premises.imagines_cases"),),
    "hr.screening": (
        ("hiring.screen_validity_light", "hiring.screen_validity_task"),
        ("hiring.hr_hours_light", "hiring.hr_hours_task"),
    ),
}


def differing(finding):
    """Levers that differ between the arms of a finding's first measure, a set of names."""
    named = {term.arm for term in finding.conditions[0].measure.terms}
    plans = [finding.arms[name].policy.levers for name in named]
    return {
        lever
        for lever, card in levers().items()
        if any(plan.get(lever, card.value) != plans[0].get(lever, card.value) for plan in plans[1:])
    }


def choices(finding, drawn):
    """What decides a finding whose arms differ by choices between two numbers only.

    drawn    {"mechanism.name": (draws,)}
    returns  a list of {"lever", "numbers", "ranges", "apart", "reversed"}: apart, whether the
             ranges do not overlap; reversed, share of draws that put the two the other way round
             than the cards do (None without draws); empty where the arms differ by more
    """
    levers_of = differing(finding)
    if not levers_of or levers_of - set(CHOICES):
        return []
    return [_choice(lever, pair, drawn) for lever in sorted(levers_of) for pair in CHOICES[lever]]


def _choice(lever, pair, drawn):
    (one, other), (first, second) = [_card(name) for name in pair], [drawn.get(n) for n in pair]
    lower, upper = sorted((one, other), key=lambda card: card.value)
    turned = None
    if first is not None and len(first):
        usual = np.sign(one.value - other.value)
        turned = float(np.mean(np.sign(first - second) != usual))
    return {
        "lever": lever,
        "numbers": list(pair),
        "ranges": [list(one.range), list(other.range)],
        "apart": bool(lower.range[1] <= upper.range[0]),
        "reversed": turned,
    }


def _card(name):
    mechanism, number = name.split(".")
    return cards()[mechanism][number]
