"""Without torch installed, the laboratory's examples and tests are left out, and the header says so.

No test fails because a machine is busy: hypothesis sets no deadlines and tolerates slow examples.
"""

from importlib.util import find_spec

from hypothesis import HealthCheck, settings

LABORATORY = find_spec("torch") is not None

collect_ignore_glob = [] if LABORATORY else ["src/advgame/lab/*", "tests/lab"]

settings.register_profile(
    "advgame", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("advgame")


def pytest_report_header() -> str:
    """What of the laboratory is tested."""
    return "laboratory: " + ("with torch" if LABORATORY else "left out, torch is not installed (extra 'lab')")
