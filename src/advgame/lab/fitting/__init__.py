"""How weights are fitted: one loop, the task it works on, and what every defence promises."""
