"""Compiles the solvers in a process of its own, so that no page waits for the compiler.

They are compiled once after an installation or an update, in a minute or two. Until then the parts of a page
that need them show a note instead.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys

import streamlit as st

from advgame.dashboard_pages import COMPILE_AHEAD

NOTE = (
    "The solvers are being compiled, once after an installation or an update; this takes a minute or two. "
    "This part appears as soon as they are ready."
)
POLL_SECONDS = 3
NICE = 10  # the pages come first


REPORT_NOTE = (
    "The report can be written as soon as the solvers are compiled, once after an installation or an update; "
    "this takes a minute or two."
)


def are_ready(what: str, note: str = NOTE) -> bool:
    """Whether something can be computed without waiting for a compiler; otherwise a note says so.

    Args:
        what: the part of the page that needs them, which is drawn again when they are ready.
        note: what is shown until then.
    """
    if not _compiling():
        return True
    _show_note(what, note)
    return False


def start() -> None:
    """Starts the compiler where the dashboard was begun by `advgame app` and the solvers are not compiled."""
    _compiling()


@st.fragment(run_every=POLL_SECONDS)
def _show_note(what: str, note: str) -> None:  # noqa: ARG001 (so that each part has a note of its own)
    st.info(note, icon=":material/hourglass_top:")
    if not _compiling():
        st.rerun()


def _compiling() -> bool:
    if os.environ.get(COMPILE_AHEAD) != "1":
        return False
    compiler = _compiler()
    return compiler is not None and compiler.poll() is None


@st.cache_resource(max_entries=1, show_spinner=False)
def _compiler() -> subprocess.Popen[bytes] | None:
    """The process that compiles, one for all sessions; None where nothing is left to compile."""
    from advgame.equilibria.kernels.compiled_ahead import is_compiled_ahead

    if is_compiled_ahead():
        return None
    compiler = subprocess.Popen(
        [sys.executable, "-m", "advgame.cli", "compile"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(compiler.terminate)
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, compiler.pid, NICE)
    return compiler
