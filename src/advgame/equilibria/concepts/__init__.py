"""What rational players do: one solution concept per file, listed in `advgame.equilibria.CONCEPTS`."""
