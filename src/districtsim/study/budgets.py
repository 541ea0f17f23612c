"""Budgets: the same question at equal cost, paid for by another lever."""

from districtsim.simulation import planned_cost
from districtsim.world.errors import SettingError
from districtsim.world.parameters import levers

PAYERS = ("pd.days", "research_use.coach_days")  # levers whose yearly cost is proportional to them


def paid_for(district, baseline, policy, payer, parameters=None):
    """The policy with the paying lever moved so that it costs what the baseline costs.

    district   District
    baseline   Policy whose yearly cost is the budget
    policy     Policy that may cost more or less
    payer      lever that pays, one of PAYERS: dearer policies get less of it, cheaper ones more
    returns    Policy
    Raises SettingError if the lever cannot pay within what is allowed.
    """
    card = levers()[payer]
    now = policy.levers.get(payer, card.value)

    def cost(of):
        return planned_cost(district, of, parameters)

    unit = cost(policy.replaced({payer: 1.0})) - cost(policy.replaced({payer: 0.0}))
    wanted = now + (cost(baseline) - cost(policy)) / unit
    low, high = card.range
    if not low <= wanted <= high:
        raise SettingError(
            f"equal_budget: policy '{policy.name}' would need {payer} of {wanted:.1f} to cost what "
            f"'{baseline.name}' costs; {payer} takes {low:g} to {high:g} {card.unit}.\n"
            "Let another lever pay, or vary less."
        )
    return policy.replaced({payer: wanted})
