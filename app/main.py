"""The dashboard: `advgame app`, or `streamlit run app/main.py`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Page:
    """One page: its file beside this one, its name and its sign."""

    path: str
    title: str
    icon: str


PAGES = (Page("views/decision.py", "Decision", ":material/balance:"),)


def main() -> None:
    """Shows the page that was asked for."""
    st.set_page_config(page_title="advgame", page_icon=":material/balance:", layout="wide")
    pages = [st.Page(HERE / page.path, title=page.title, icon=page.icon) for page in PAGES]
    st.navigation(pages, position="top" if len(pages) > 1 else "hidden").run()


if __name__ == "__main__":
    main()
