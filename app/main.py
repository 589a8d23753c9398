"""The dashboard: `advgame app`, or `streamlit run app/main.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from widgets import look, settings, state

from advgame.dashboard_pages import PAGES
from advgame.plugins import load_plugins

HERE = Path(__file__).parent


def main() -> None:
    """Shows the settings and the requested page."""
    st.set_page_config(page_title="advgame", page_icon="⚖️", layout="wide")
    load_plugins()
    look.show()
    pages = {
        name: st.Page(HERE / page.path, title=page.title, icon=page.icon) for name, page in PAGES.items()
    }
    chosen = st.navigation(list(pages.values()), position="top" if len(pages) > 1 else "hidden")
    state.follow_link()
    settings.check()
    state.write_link()
    name = next(name for name, page in pages.items() if page.url_path == chosen.url_path)
    if not PAGES[name].shows_settings:
        settings.show()
    chosen.run()


if __name__ == "__main__":
    main()
