"""Pictures beside a measured table: attacked inputs, and what the networks look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from advgame.errors import InputError
from advgame.scenarios.data_paths import beside
from advgame.scenarios.scenario import Scenario

KINDS = {".attacked.png": "Inputs under attack", ".saliency.png": "What the networks look at"}
LARGEST = 4_000_000  # bytes of a picture
MOST_PIXELS = 25_000_000
LONGEST = 1000  # characters of its description


@dataclass(frozen=True)
class Picture:
    """One picture."""

    title: str
    content: bytes  # PNG
    description: str  # written into the file by `advgame attacked` and `advgame saliency`


def pictures_beside(scenario: Scenario) -> tuple[Picture, ...]:
    """The pictures that lie beside the table of a scenario.

    >>> from advgame.scenarios import case
    >>> [picture.title for picture in pictures_beside(case("digits-measured"))]
    ['Inputs under attack', 'What the networks look at']

    Raises:
        InputError: for a file that is no PNG picture, or too large.
    """
    paths = {title: beside(scenario.data, scenario.folder, ending) for ending, title in KINDS.items()}
    return tuple(_picture(title, path) for title, path in paths.items() if path is not None)


def _picture(title: str, path: Path) -> Picture:
    from PIL import Image

    wanted = f"expected a PNG picture of at most {LARGEST // 1_000_000} MB; draw it again, or remove it."
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path.name} is too large; {wanted}")
        with Image.open(path, formats=["PNG"]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise InputError(f"{path.name} has {width} × {height} pixels; {wanted}")
            description = str(image.info.get("Description", ""))
            image.verify()
        return Picture(title, path.read_bytes(), description[:LONGEST])
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise InputError(f"{path.name} cannot be read; {wanted}") from None
