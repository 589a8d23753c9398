"""Every setting of every page at both ends, for every bundled case: nothing may break.

    python tools/every_setting.py [CASE …] [--page PAGE …]

All sliders of a case are put to their least values together, then to their greatest; on each page every
choice is then set to its first and its last option. Prints what broke, and how many states were tried.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from streamlit.testing.v1 import AppTest

from advgame.bundled import bundled
from advgame.dashboard_pages import PAGES
from advgame.scenarios import cases

ENDS = {"least": lambda slider: slider.min, "greatest": lambda slider: slider.max}
SLOW = 600  # seconds that one run may take
WITHOUT = ("upload format",)  # choices that belong to an uploaded file


def tried(page: AppTest, name: str) -> Iterator[tuple[str, list[str]]]:
    """Puts every choice of an open page to both of its ends, one at a time.

    Args:
        page: the page, already run.
        name: of the page, for the descriptions.

    Yields:
        A description of each state, and what broke in it.
    """
    yield name, faults(page)
    for kind in ("selectbox", "segmented_control", "multiselect", "toggle", "radio"):
        for key in [widget.key for widget in getattr(page.main, kind) if widget.key not in WITHOUT]:
            for end in (0, -1):
                here = [widget for widget in getattr(page.main, kind) if widget.key == key]
                if not here:  # another choice has replaced it
                    continue
                value = end == 0 if kind == "toggle" else _option(here[0], end)
                if value is None:
                    continue
                here[0].set_value([value] if kind == "multiselect" else value).run()
                yield f"{name}, {key} = {value}", faults(page)


def _option(widget: object, end: int) -> object:
    """The first or the last option of a choice, as `set_value` takes it."""
    options: Sequence[object] = getattr(widget, "options", ())
    return options[end] if options else None


def faults(page: AppTest) -> list[str]:
    """The exceptions that a page shows; messages about what a case lacks are answers."""
    return [str(each.message) for each in page.exception]


def states(page: AppTest, case: str, pages: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """All states of a case: its sliders at both ends together, then the choices of each page."""
    page.switch_page(PAGES["decide"].path).run()
    page.selectbox(key="choose case").set_value(case).run()
    for end, value_of in ENDS.items():
        for slider in page.slider:
            slider.set_value(value_of(slider))
        page.run()
        yield f"{case}, all sliders {end}", faults(page)
        for name in pages:
            page.switch_page(PAGES[name].path).run()
            for state, broken in tried(page, name):
                yield f"{case}, all sliders {end}: {state}", broken
        page.switch_page(PAGES["decide"].path).run()


def main() -> int:
    """Tries the cases named, by default all; 1 where something broke."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("cases", nargs="*", default=[each.name for each in cases()])
    parser.add_argument("--page", action="append", choices=[*PAGES], help="only this page; may be repeated")
    given = parser.parse_args()
    script = bundled("app") / "main.py"
    sys.path.insert(0, str(script.parent))
    sys.argv = [str(script)]
    count = broken = 0
    for case in given.cases:
        page = AppTest.from_file(str(Path(script).resolve()), default_timeout=SLOW).run()
        for state, found in states(page, case, given.page or [*PAGES]):
            count += 1
            broken += bool(found)
            for fault in found:
                print(f"BROKEN {state}: {fault}", flush=True)
        print(f"{case}: {count} states tried so far, {broken} broken", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
