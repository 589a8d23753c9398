"""Writes figures as picture files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from advgame.errors import LabError
from advgame.files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "png", "pdf")


@contextmanager
def needs_matplotlib() -> Iterator[None]:
    """A context that turns a missing drawing library into an error with the command to install it.

    Raises:
        LabError: when a library is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as missing:
        raise LabError(
            f"A picture needs {missing.name}, which is not installed; run pip install 'advgame[lab]'."
        ) from None


def described(figure: Figure, sentence: str) -> Figure:
    """The figure with a sentence that says what it shows; `save_picture` writes it into the file."""
    figure.set_label(sentence)
    return figure


def check_picture(path: Path) -> str:
    """The format of a picture file, from its suffix; call it before a long computation.

    Raises:
        LabError: for a suffix other than .svg, .png and .pdf.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in FORMATS:
        raise LabError(f"{path} ends in {path.suffix!r}; a picture is written as .{', .'.join(FORMATS)}.")
    return kind


def save_picture(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Writes a figure atomically in the format of the path's suffix; the same figure gives the same bytes.

    Args:
        figure: the figure.
        path: the file to write: .svg, .png or .pdf.

    Returns:
        The path.

    Raises:
        LabError: for another suffix.
        InputError: if the file cannot be written.
    """
    from matplotlib import rc_context

    path = Path(path)
    kind = check_picture(path)
    description = str(figure.get_label()) or None
    metadata = {
        "svg": {"Date": None, "Description": description},
        "pdf": {"CreationDate": None, "Subject": description},
        "png": {"Software": None, **({"Description": description} if description else {})},
    }
    content = BytesIO()
    with rc_context({"svg.hashsalt": "advgame", "svg.fonttype": "none"}):
        figure.savefig(content, format=kind, dpi=150, metadata=metadata[kind])
    return written_whole(path, lambda file: file.write(content.getvalue()))
