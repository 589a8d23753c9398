from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_still_says_what_it_said(path: Path, tmp_path: Path) -> None:
    stored = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(fresh, timeout=1800, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert told(fresh) == told(stored)
    assert any(
        "image/png" in output.get("data", {}) for cell in fresh.cells for output in cell.get("outputs", [])
    )


def told(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell prints, in one text: a slow machine sends it in more parts."""
    return [
        "".join(output["text"] for output in cell.get("outputs", []) if output["output_type"] == "stream")
        for cell in notebook.cells
    ]
