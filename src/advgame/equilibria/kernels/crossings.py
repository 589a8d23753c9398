"""Where the mean intensity of attack equals μ on one segment of the path."""

from __future__ import annotations

from advgame.equilibria.kernels.compiling import part
from advgame.games.tolerances import MAY_TIE

THIN = 1e-6  # after a smaller pivot rounding may hide a tie


@part(error_model="numpy", forceinline=True)
def crossing(level, tilt, here, there, end):
    """The solution of level + tilt · μ = μ between ``here`` and ``there``, a segment of 0 … ``end``.

    The ends count as crossings where the mean intensity equals μ: no attack at μ = 0, certain attack at the
    end.

    Args:
        level: the mean intensity extrapolated to μ = 0.
        tilt: its change per μ on this piece.
        here: where the piece begins.
        there: where the piece ends.
        end: the largest μ, the greatest intensity.

    Returns:
        The place, −1 for none, and whether it is no tie: a crossing at a breakpoint is one.
    """
    gap_here, gap_there = level + (tilt - 1) * here, level + (tilt - 1) * there
    if here == 0 and abs(gap_here) <= MAY_TIE:
        return 0.0, True
    if there == end and abs(gap_there) <= MAY_TIE:
        return end, True
    if (gap_here > MAY_TIE and gap_there < -MAY_TIE) or (gap_here < -MAY_TIE and gap_there > MAY_TIE):
        return level / (1 - tilt), True
    if abs(gap_here) <= MAY_TIE and here > 0:
        return here, False
    if abs(gap_there) <= MAY_TIE and there < end:
        return there, False
    return -1.0, True
