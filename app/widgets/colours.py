"""Colours that can be distinguished with any colour vision (Okabe and Ito 2008)."""

from __future__ import annotations

DEFENDER = "#0072b2"
ATTACKER = "#d55e00"
INK = "#1b2733"
FAINT = "#dfe6ec"

REGIMES = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00")
OTHER_REGIMES = "#b8c0c8"

# From white to the player's colour: light enough for dark numbers almost everywhere.
DEFENDER_SCALE = ((0.0, "#f4f9fc"), (0.5, "#a9d3ec"), (1.0, "#2b8cc4"))
ATTACKER_SCALE = ((0.0, "#fdf6f0"), (0.5, "#f4c19a"), (1.0, "#e0792b"))
