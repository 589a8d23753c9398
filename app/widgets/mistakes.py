"""Shows the errors that the library raises on purpose as messages on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from advgame.errors import AdvgameError
from widgets.words import plain


@contextmanager
def told() -> Iterator[None]:
    """Shows an `AdvgameError` as a message where it happened; the page goes on below."""
    try:
        yield
    except AdvgameError as mistake:
        st.error(plain(str(mistake)), icon=":material/error:")
