"""Draws docs/explanation/two-strategies.svg: the regimes of the game of two defences and one attack.

    python tools/two_strategies.py docs/explanation/two-strategies.svg

All borders are the closed forms of docs/explanation/mathematics.md for the case cifar10-two-defences
at default money: accuracies 0.9478 and 0 of the plain network, 0.8534 and 0.5342 of the defended one.
"""

from __future__ import annotations

import sys

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
import numpy as np

CLEAN, CLEAN_DEFENDED, ROBUST_DEFENDED = 0.9478, 0.8534, 0.5342
BREAK_EVEN = (CLEAN - CLEAN_DEFENDED) / (ROBUST_DEFENDED + CLEAN - CLEAN_DEFENDED)
PAYS_AGAINST_PLAIN, PAYS_AGAINST_DEFENDED = 1.0, 1 - ROBUST_DEFENDED  # attack costs below which it pays
LARGEST_SHARE, LARGEST_COST = 0.4, 1.2
COLOURS = {"calm": "#e8eef4", "attacked": "#f2c9b0", "defended": "#b7d3ea", "mixed": "#d8c7e6"}


def draw(path: str) -> None:
    """Writes the picture; the same bytes each time."""
    mpl.rcParams |= {"svg.hashsalt": "two-strategies", "font.size": 9, "svg.fonttype": "none"}
    figure, axes = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    regimes = (
        ("No defence, no attack", "calm", 0, LARGEST_SHARE, PAYS_AGAINST_PLAIN, LARGEST_COST),
        ("No defence,\nattack", "attacked", 0, BREAK_EVEN, 0, PAYS_AGAINST_PLAIN),
        ("Defence, attack", "defended", BREAK_EVEN, LARGEST_SHARE, 0, PAYS_AGAINST_DEFENDED),
        ("Mixed", "mixed", BREAK_EVEN, LARGEST_SHARE, PAYS_AGAINST_DEFENDED, PAYS_AGAINST_PLAIN),
    )
    for label, colour, left, right, low, high in regimes:
        rectangle = plt.Rectangle((left, low), right - left, high - low, fc=COLOURS[colour], ec="#333333")
        axes.add_patch(rectangle)
        height = 0.2 if colour == "attacked" else (low + high) / 2
        axes.text((left + right) / 2, height, label, ha="center", va="center")
    cost = np.linspace(PAYS_AGAINST_DEFENDED, PAYS_AGAINST_PLAIN, 50)
    deters = (PAYS_AGAINST_PLAIN - cost) / ROBUST_DEFENDED * (CLEAN - CLEAN_DEFENDED) / CLEAN
    axes.plot(deters, cost, "--", color="#333333", label="an announced mixed strategy pays from here")
    axes.plot(0.3, 0.6, "o", color="black", markersize=5)
    axes.annotate("the bundled case", (0.3, 0.6), (6, -12), textcoords="offset points")
    axes.set(xlim=(0, LARGEST_SHARE), ylim=(0, LARGEST_COST))
    axes.set_xlabel("largest adversarial share of traffic")
    axes.set_ylabel("attack cost, in units of the attack's reward")
    axes.set_xticks([0, 0.1, BREAK_EVEN, 0.2, 0.3, 0.4], ["0", "10 %", "p*", "20 %", "30 %", "40 %"])
    figure.legend(loc="outside lower right", fontsize=8, frameon=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    draw(sys.argv[1])
