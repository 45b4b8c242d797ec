"""A stage as a command: its arguments, its log, and how it fails."""

import argparse
import gc
import inspect
import logging
import sys
from collections.abc import Callable
from pathlib import Path


class UserError(Exception):
    """What a user can mend; the message is one sentence that says what and how."""


def run(main: Callable[..., None]) -> None:
    """Call a stage's main with the command line's words, one for each of its parameters.

    Each line of the log begins with the stage's name. A UserError ends the process with
    its sentence and exit status 1, Ctrl-C with 130; any other exception is a bug and
    keeps its traceback.
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
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.freeze()
