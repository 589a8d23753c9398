"""The laboratory: networks trained, pruned, defended and attacked, and what their accuracies then are.

The only folder that knows torch. Install it with ``pip install 'advgame[lab]'``.
"""
