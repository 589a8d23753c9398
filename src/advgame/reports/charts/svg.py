"""The SVG elements of the charts; the XML writer escapes text and attributes."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from advgame.wording.names import one_line

INK = "#1a1a1a"
SOFT = "#595959"
GRID = "#d9d9d9"
FONT = 14
LETTER = 0.61  # mean width of a letter, relative to the font size


class Drawing:
    """An SVG drawing with its origin at the top left and an accessible description."""

    def __init__(self, width: float, height: float, label: str) -> None:
        self._svg = Element(
            "svg",
            {
                "viewBox": f"0 0 {_short(width)} {_short(height)}",
                "width": _short(width),
                "height": _short(height),
                "role": "img",
                "aria-label": one_line(label),
            },
        )

    def rectangle(
        self, x: float, y: float, width: float, height: float, *, title: str = "", **look: str
    ) -> None:
        """A filled rectangle; ``title`` is its tooltip.

        Args:
            x: left edge in SVG units.
            y: upper edge in SVG units.
            width: width in SVG units; below 0 counts as 0.
            height: height in SVG units.
            title: the tooltip; empty for none.
            look: SVG attributes, such as ``fill``.
        """
        place = {"x": x, "y": y, "width": max(width, 0.0), "height": height}
        drawn = self._add("rect", place, look)
        if title:
            SubElement(drawn, "title").text = one_line(title)

    def line(self, x1: float, y1: float, x2: float, y2: float, **look: str) -> None:
        """A straight line.

        Args:
            x1: horizontal start in SVG units.
            y1: vertical start in SVG units.
            x2: horizontal end in SVG units.
            y2: vertical end in SVG units.
            look: SVG attributes, such as ``stroke``.
        """
        self._add("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2}, look)

    def path(self, points: list[tuple[float, float]], **look: str) -> None:
        """A line through points."""
        drawn = self._add("polyline", {}, {"fill": "none", **look})
        drawn.set("points", " ".join(f"{_short(x)},{_short(y)}" for x, y in points))

    def dot(self, x: float, y: float, radius: float, **look: str) -> None:
        """A filled circle.

        Args:
            x: horizontal place of the centre in SVG units.
            y: vertical place of the centre in SVG units.
            radius: radius in SVG units.
            look: SVG attributes, such as ``fill``.
        """
        self._add("circle", {"cx": x, "cy": y, "r": radius}, look)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = FONT,
        turn: float = 0,
        room: float | None = None,
        **look: str,
    ) -> None:
        """Text anchored at a point (``text_anchor``), shortened to the available width.

        Args:
            x: horizontal place in SVG units.
            y: baseline in SVG units.
            words: the text, put on one line.
            size: font size in SVG units.
            turn: clockwise rotation about the point, in degrees.
            room: width available in SVG units; None for no limit.
            look: SVG attributes, such as ``text_anchor``.
        """
        cut = fitted(words, size, room)
        drawn = self._add("text", {"x": x, "y": y, "font-size": size}, {"fill": INK, **look})
        if turn:
            drawn.set("transform", f"rotate({_short(turn)} {_short(x)} {_short(y)})")
        drawn.text = cut
        if cut != one_line(words):
            SubElement(drawn, "title").text = one_line(words)

    def markup(self) -> str:
        """The picture as an ``svg`` element."""
        return tostring(self._svg, encoding="unicode")

    def _add(self, tag: str, place: dict[str, float], look: dict[str, str]) -> Element:
        numbers = {name: _short(value) for name, value in place.items()}
        return SubElement(
            self._svg, tag, numbers | {name.replace("_", "-"): value for name, value in look.items()}
        )


def width_of(words: str, size: float = FONT) -> float:
    """The approximate width of the words when drawn."""
    return len(one_line(words)) * size * LETTER


def fitted(words: str, size: float, room: float | None) -> str:
    """The words, with their middle replaced by an ellipsis if they are too wide.

    >>> fitted("adversarially trained", 14, 80)
    'adve…ined'

    Args:
        words: the text, put on one line.
        size: font size in SVG units.
        room: width available in SVG units; None for no limit.
    """
    words = one_line(words)
    if room is None or width_of(words, size) <= room:
        return words
    kept = max(2, int(room / (size * LETTER)) - 1)
    return f"{words[: kept - kept // 2]}…{words[-(kept // 2) :]}"


def _short(number: float) -> str:
    return f"{round(number, 2):g}"
