"""Evaluation of a network under attack: verified accuracies, costs, signs of gradient masking."""
