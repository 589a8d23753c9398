"""Distributes compiled work over the cores."""

from __future__ import annotations

from collections.abc import Callable

PARTS_OF_A_CORE = 4  # so that one that is done sooner takes from the others


def on_all_cores(work: Callable[[int], object], parts: int) -> None:
    """Does ``work`` for the numbers below ``parts``, on as many threads as numba may use.

    The work releases Python's lock while it runs. Compiled with its threads inside, as numba could, it
    would keep the first caller waiting twice as long.
    """
    from numba import get_num_threads

    threads = min(get_num_threads(), parts)
    if threads <= 1:
        for part in range(parts):
            work(part)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(parts)))


def parts_for(games: int, least: int = 1) -> int:
    """The number of parts of a minimum size into which a batch is divided: one on a single core."""
    from numba import get_num_threads

    threads = get_num_threads()
    return max(1, min(games // least, PARTS_OF_A_CORE * threads)) if threads > 1 else 1
