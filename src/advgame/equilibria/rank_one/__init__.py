"""Games of rank 1: all equilibria along the intensity of attack, degenerate games included."""
