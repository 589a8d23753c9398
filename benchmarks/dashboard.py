"""How long the dashboard takes in a real browser: from a slider to the verdict, and from start to verdict.

    python -m benchmarks.dashboard [CASE …] [--against CHECKOUT] [--moves N] [--cold N]

Each case is opened in headless Chromium and the largest share is moved one step at a time. *redrawn* is the
time from the key press until the key figures change, *idle* until the script ends; *CPU* is what the server
used for a move. With ``--against`` another checkout is moved in turns with this one, so that both meet the
same load. ``--cold`` starts the dashboard N times with an empty cache of compiled kernels and times it from
the command to the first verdict. CHROMIUM names the browser.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from advgame.scenarios import cases
from benchmarks.dashboard_server import HERE, Server, scenario_file, served
from benchmarks.machine import machine

SLOW = 120_000  # milliseconds that the first verdict may take
SETTLED = 4000  # milliseconds after the first verdict
BETWEEN = 250  # milliseconds between two moves
LARGE = "cifar10-many-attacks"
VERDICT = ".st-key-verdict"
RESULT = Path(__file__).parent / "results" / "dashboard.md"
WATCH = """() => new Promise(done => {
  const figures = () => document.querySelector('.st-key-key-figures')?.innerText;
  const app = document.querySelector('.stApp');
  const before = figures(), start = performance.now(), times = {};
  const look = () => {
    const now = performance.now() - start, shown = figures();
    if (!times.redrawn && shown && shown !== before) times.redrawn = now;
    const rests = app.getAttribute('data-test-script-state') === 'notRunning';
    if (times.redrawn && rests) { times.idle = now; done(times); }
    else if (now > 15000) done(null);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


class Visit:
    """The page Decide of a running dashboard, open in a browser."""

    def __init__(self, server: Server, browser: Any) -> None:
        self.server = server
        self.page = browser.new_page(viewport={"width": 1280, "height": 800})
        self.page.goto(server.address)
        self.page.wait_for_selector(VERDICT, timeout=SLOW)
        self.first = time.perf_counter() - server.started
        self.times: list[dict[str, float]] = []

    @property
    def has_share(self) -> bool:
        """Whether the case has an attacker, whose share can be moved."""
        return bool(self._share.count() > 0)

    @property
    def _share(self) -> Any:
        return self.page.get_by_role("slider", name="Largest share of the traffic")

    def move(self, key: str) -> None:
        """One step of the largest share."""
        self._share.focus(timeout=SLOW)
        used = self.server.cpu_seconds
        self.page.evaluate(f"() => {{ window.measured = ({WATCH})(); }}")
        self.page.keyboard.press(key)
        times = self.page.evaluate("() => window.measured")
        self.page.wait_for_timeout(BETWEEN)
        if times is not None:
            self.times.append({**times, "cpu": 1000 * (self.server.cpu_seconds - used)})


def moved(browser: Any, files: dict[str, Path], checkouts: dict[str, Path], moves: int) -> dict[str, Visit]:
    """The visits of every build after its sliders were moved in turns."""
    with ExitStack() as stack:
        visits = {
            name: Visit(stack.enter_context(served(checkouts[name], str(file))), browser)
            for name, file in files.items()
        }
        for visit in visits.values():
            visit.page.wait_for_timeout(SETTLED)
        for place in range(moves + 2):
            for visit in visits.values():
                if not visit.has_share:
                    continue
                visit.move("ArrowRight" if place % 2 else "ArrowLeft")
                if place < 2:
                    visit.times.clear()  # the first two warm up
        for visit in visits.values():
            visit.page.close()
    return visits


def row(case: str, play: str, name: str, visit: Visit) -> str:
    """A row of the table."""
    if not visit.times:
        return f"| {case} | {play} | {name} | – | – | – | 0 |"
    medians = [statistics.median(each[what] for each in visit.times) for what in ("redrawn", "idle", "cpu")]
    return f"| {case} | {play} | {name} | {' | '.join(f'{m:.0f}' for m in medians)} | {len(visit.times)} |"


def cold_start(browser: Any, checkout: Path, case: str) -> float:
    """Seconds from the command to the first verdict, with no compiled kernel on disk."""
    with (
        TemporaryDirectory() as empty,
        served(checkout, case, NUMBA_CACHE_DIR=empty) as server,
    ):
        visit = Visit(server, browser)
        visit.page.close()
        return visit.first


def measured(names: Sequence[str], checkouts: dict[str, Path], moves: int, colds: int) -> list[str]:
    """The lines of the result, which are printed as they come."""
    from playwright.sync_api import sync_playwright

    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        print(line, flush=True)

    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox", "--disable-gpu"]
        )
        say(f"{machine()}; load {os.getloadavg()[0]:.1f} of {os.cpu_count()} at the start\n")
        say("| case | play | build | redrawn, ms | idle, ms | CPU of the server, ms | moves |")
        say("|---|---|---|---|---|---|---|")
        for case in names:
            for play in ("secret", "announced") if case == LARGE else ("announced",):
                files = {}
                for name, checkout in checkouts.items():
                    place = Path(folder) / name
                    place.mkdir(exist_ok=True)
                    try:
                        files[name] = scenario_file(checkout, case, play, place)
                    except IndexError:  # a case that the other build does not have
                        continue
                for name, visit in moved(browser, files, checkouts, moves).items():
                    say(row(case, play, name, visit))
        if colds:
            say("\n| start to first verdict, no compiled kernels | median of | seconds |\n|---|---|---|")
        taken: dict[str, list[float]] = {name: [] for name in checkouts}
        for _ in range(colds):
            for name, checkout in checkouts.items():
                taken[name].append(cold_start(browser, checkout, LARGE))
        for name, seconds in taken.items() if colds else ():
            say(f"| {name} | {colds} | {statistics.median(seconds):.1f} |")
        say(f"\nLoad {os.getloadavg()[0]:.1f} at the end.")
        browser.close()
    return lines


def main() -> None:
    """Measures the cases named, by default all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("cases", nargs="*", default=[each.name for each in cases()])
    parser.add_argument("--against", type=Path, help="another checkout, moved in turns with this one")
    parser.add_argument("--moves", type=int, default=9)
    parser.add_argument("--cold", type=int, default=0, metavar="N", help="starts from nothing")
    parser.add_argument("--result", type=Path, help=f"the file of results; {RESULT.name} is the usual one")
    given = parser.parse_args()
    checkouts = {"this": HERE, **({"other": given.against.resolve()} if given.against else {})}
    lines = measured(given.cases, checkouts, given.moves, given.cold)
    if given.result is not None:
        given.result.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
