"""The dashboard: `advgame app`, or `streamlit run app/main.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from widgets import look, settings, state

from advgame.dashboard_pages import PAGES
from advgame.plugins import load_plugins

HERE = Path(__file__).parent


def main() -> None:
    """Shows the settings and the requested page."""
    st.set_page_config(page_title="advgame", page_icon="⚖️", layout="wide")
    load_plugins()
    look.show()
    pages = [st.Page(HERE / page.path, title=page.title, icon=page.icon) for page in PAGES.values()]
    page = st.navigation(pages, position="top" if len(pages) > 1 else "hidden")
    state.follow_link()
    settings.check()
    state.write_link()
    if not PAGES[_name_of(page)].shows_settings:
        settings.show()
    page.run()


def _name_of(page: StreamlitPage) -> str:
    """The name of a page in `PAGES`."""
    return next(name for name, listed in PAGES.items() if listed.title == page.title)


if __name__ == "__main__":
    main()
