"""What the attacker has learnt of the defence before it chooses an attack."""

from __future__ import annotations

NOTHING, MIXTURE, NETWORK = "nothing", "mixture", "network"
KNOWLEDGE = {
    NOTHING: "the attacker knows neither the network nor the probabilities: both sides choose at once",
    MIXTURE: "the attacker knows the probabilities, not which network is drawn for an input",
    NETWORK: "the attacker knows which network answers",
}
