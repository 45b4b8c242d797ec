"""Many trainings at once, each in a process of one thread."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

from tqdm import tqdm

from byhand.pipeline.lifetime import end_with_parent


def side_by_side(train: Callable, *arguments: Sequence) -> list:
    """Return train(a, b, …) for the first entries of the arguments, the second, and so on.

    As many run at once as there are cores. THREADS, if it is set, is each one's threads.
    """
    os.environ.setdefault("THREADS", "1")  # the processes share the cores already
    with ProcessPoolExecutor(initializer=end_with_parent) as pool:
        done = pool.map(train, *arguments)
        return [*tqdm(done, total=len(arguments[0]), unit="training", disable=None)]
