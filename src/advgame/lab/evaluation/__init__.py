"""How a network stands up to an attack: verified accuracies, costs, signs of masked gradients."""
