"""What the attacker knows about the defence when it chooses an attack."""

from __future__ import annotations

NOTHING, MIXTURE, NETWORK = "nothing", "mixture", "network"
KNOWLEDGE = {
    NOTHING: (
        "the attacker knows neither the network nor the probabilities: both players choose simultaneously"
    ),
    MIXTURE: "the attacker knows the probabilities, but not which network is drawn for an input",
    NETWORK: "the attacker knows which network classifies its input",
}
