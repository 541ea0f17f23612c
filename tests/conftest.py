"""Conftest: how hypothesis runs here: the same examples every time, without a deadline."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite",
    deadline=None,  # a first example imports and reads cards; its time says nothing
    derandomize=True,  # the same examples on every machine and in every run
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")
