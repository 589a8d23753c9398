"""Without torch installed, the laboratory's examples and tests are left out, and the header says so.

No test fails because a machine is busy: hypothesis sets no deadlines and tolerates slow examples.
"""

import gc
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

OBJECTS_BETWEEN_COLLECTIONS = 10_000
LABORATORY = find_spec("torch") is not None

collect_ignore_glob = [] if LABORATORY else ["src/advgame/lab/*", "tests/lab"]

settings.register_profile(
    "advgame", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("advgame")


def pytest_report_header() -> str:
    """What of the laboratory is tested."""
    return "laboratory: " + ("with torch" if LABORATORY else "left out, torch is not installed (extra 'lab')")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keeps Python's garbage collector away from what is imported for the tests, which none of them frees.

    It would go through all of it again and again, which takes a third of the time of collecting the tests.
    While they run it works as often as for the commands: a twentieth of the time of reports is saved.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        gc.enable()
