"""A stage as a command: its arguments, its log, and how it ends.

A stage imports this module before any package that takes long to import: from then on an
interruption ends it quietly, and so does the end of the process that started it.
"""

import argparse
import gc
import inspect
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.errors import UserError
from pipeline.lifetime import end_with_parent

INTERRUPTIONS = [
    number
    for number in (signal.SIGINT, signal.SIGTERM)
    if signal.getsignal(number) != signal.SIG_IGN
]
SECONDS_TO_EXIT = 15


def exit_soon(number: int, _) -> None:
    """Exit as any program does, so that what stands in `finally` is done.

    Python swallows an exit that comes while it collects garbage: then the alarm ends it.
    """
    signal.alarm(SECONDS_TO_EXIT)
    sys.exit(128 + number)


for interruption in INTERRUPTIONS:
    signal.signal(interruption, exit_soon)
end_with_parent()


def run(main: Callable[..., None]) -> None:
    """Call a stage's main with the command line's words, one for each of its parameters.

    Each line of the log begins with the stage's name. A UserError, or a file that can't
    be read or written, ends the process with a sentence and exit status 1; any other
    exception is a bug and keeps its traceback.
    """
    # Modules are no garbage: searching them over and over takes a quarter of the time
    # that a process needs to import torch and to end.
    gc.set_threshold(100_000)
    parser = argparse.ArgumentParser(description=sys.modules[main.__module__].__doc__)
    for name in inspect.signature(main).parameters:
        parser.add_argument(name)
    arguments = vars(parser.parse_args())

    stage = "@".join([Path(sys.argv[0]).stem, *arguments.values()])
    logging.basicConfig(level=logging.INFO, format=f"{stage}: %(message)s")
    try:
        main(**arguments)
    except UserError as error:
        sys.exit(f"{stage}: error: {error}")
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else error
        sys.exit(f"{stage}: error: {reason}")
    finally:
        for interruption in INTERRUPTIONS:  # it ends anyway
            signal.signal(interruption, signal.SIG_IGN)
        gc.freeze()
