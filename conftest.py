"""Without torch installed, the laboratory's examples and tests are left out, and the header says so."""

from importlib.util import find_spec

LABORATORY = find_spec("torch") is not None

collect_ignore_glob = [] if LABORATORY else ["src/advgame/lab/*", "tests/lab"]


def pytest_report_header() -> str:
    """What of the laboratory is tested."""
    return "laboratory: " + ("with torch" if LABORATORY else "left out, torch is not installed (extra 'lab')")
