"""Conftest: how hypothesis runs here, and what tests measured, printed at the end."""

import signal
import threading

from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite",
    deadline=None,  # a first example imports and reads cards; its time says nothing
    derandomize=True,  # the same examples on every machine and in every run
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

# Where the suite runs in the background of a script, Ctrl-C is ignored there and in all that it
# starts; tests send it to commands that must hear it.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter):
    """Print what tests recorded as "measured", also when they ran in other processes."""
    reports = [r for kind in ("passed", "failed") for r in terminalreporter.getreports(kind)]
    found = [value for r in reports for name, value in r.user_properties if name == "measured"]
    if found:
        terminalreporter.section("measured")
        for line in found:
            terminalreporter.write_line(line)
