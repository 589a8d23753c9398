"""Shows the errors of the library as messages on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from advgame.errors import AdvgameError
from widgets.words import plain


@contextmanager
def errors_shown() -> Iterator[None]:
    """Shows an `AdvgameError` as a message in its place; the rest of the page is still shown."""
    try:
        yield
    except AdvgameError as error:
        st.error(plain(str(error)), icon=":material/error:")
