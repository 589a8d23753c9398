"""The pages of the dashboard, by name: `app/main.py` shows what is listed here."""

from __future__ import annotations

from dataclasses import dataclass

from advgame.catalogue import Catalogue

COMPILE_AHEAD = "ADVGAME_COMPILE_AHEAD"  # environment variable: whether the dashboard may start a compiler


@dataclass(frozen=True)
class Page:
    """One page of the dashboard.

    Args:
        path: the script to run, within `app/`, or anywhere by an absolute path.
        title: its name in the navigation.
        about: what it shows, in a sentence.
        icon: its icon in the navigation, an emoji or ``:material/…:``.
        shows_settings: whether it shows the settings itself, after its first figures; otherwise they are
            drawn before it.
    """

    path: str
    title: str
    about: str
    icon: str
    shows_settings: bool = False


PAGES: Catalogue[Page] = Catalogue(
    "dashboard page",
    {
        "decide": Page(
            "views/decide.py",
            "Decide",
            "What to deploy in a case, what it is worth, how sure that is, and what would change it.",
            ":material/balance:",
            shows_settings=True,
        ),
        "confidence": Page(
            "views/confidence.py",
            "Confidence",
            "How sure the decision is, which assumptions matter, and what to measure next.",
            ":material/query_stats:",
        ),
        "map": Page(
            "views/map.py",
            "Map",
            "Which defences are deployed over two parameters, and where the scenario lies.",
            ":material/map:",
        ),
        "defences": Page(
            "views/defences.py",
            "Defences",
            "The defences side by side: accuracies with intervals, the Pareto front, costs, and pruning.",
            ":material/shield:",
        ),
        "attacker": Page(
            "views/attacker.py",
            "Attacker",
            "What each attack costs and earns, what deters it, and what if attackers differ.",
            ":material/person_alert:",
        ),
        "play": Page(
            "views/play.py",
            "Play",
            "Both sides learn, simulated traffic, and a board for teaching small games.",
            ":material/casino:",
        ),
        "evidence": Page(
            "views/evidence.py",
            "Evidence",
            "The figures that the decision rests on, with their sources and warnings.",
            ":material/menu_book:",
        ),
        "report": Page(
            "views/report.py",
            "Report",
            "A report of the chosen sections and studies, with a preview, in every format.",
            ":material/description:",
        ),
        "guide": Page(
            "views/guide.py",
            "Guide",
            "A guided example of two minutes, and a glossary.",
            ":material/school:",
        ),
    },
)
