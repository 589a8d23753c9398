"""The exchange of a basic and a nonbasic variable in a dense tableau, shared by the pivoting kernels."""

from __future__ import annotations

from advgame.equilibria.kernels.compiling import part


@part(error_model="numpy", fastmath={"contract"})
def exchange(table, line, row, column):
    """Writes the tableau after a pivot; columns of the right side are exchanged like any other.

    Args:
        table: (rows, columns) the tableau, changed in place.
        line: (columns,) work space: the new row, apart from the table, so that several entries of the other
            rows are computed at a time.
        row: the row of the variable that leaves.
        column: the column of the variable that enters.
    """
    rows, columns = table.shape
    inverse = 1.0 / table[row, column]
    for c in range(columns):
        line[c] = table[row, c] * inverse
    line[column] = inverse
    table[row, column] = 0.0  # the row itself has no factor
    for r in range(rows):
        factor = table[r, column]
        if factor != 0.0:
            table[r, column] = 0.0
            for c in range(columns):
                table[r, c] -= factor * line[c]
    for c in range(columns):
        table[row, c] = line[c]
