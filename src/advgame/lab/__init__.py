"""The laboratory: trains, prunes, defends and attacks networks, and measures their accuracies.

The only folder that imports torch. Install it with ``pip install 'advgame[lab]'``.
"""
