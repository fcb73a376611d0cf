"""Several things at once, in threads."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(act: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """act(item) of each in a thread of its own; the first error comes out when all have ended."""
    results, errors = [None] * len(items), []

    def run(index: int) -> None:
        try:
            results[index] = act(items[index])
        except BaseException as error:  # to be raised by the caller
            errors.append(error)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(items))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results
