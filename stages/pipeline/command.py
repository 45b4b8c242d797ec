"""A stage as a command: its arguments, its log, and how it ends.

A stage imports this module before any package that computes or takes long to import: from
then on Ctrl-C ends it without a traceback, so does the end of the process that started it,
and every processor with AVX2 rounds alike.
"""

import argparse
import gc
import inspect
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.arithmetic import keep_to_avx2
from pipeline.errors import UserError
from pipeline.lifetime import end_at_once, end_with_parent


def say_what_is_missing(kind: type, error: BaseException, traceback) -> None:
    """Say in a sentence that another Python runs a stage than the one it needs."""
    if not isinstance(error, ModuleNotFoundError):
        sys.__excepthook__(kind, error, traceback)
        return
    print(
        f"{sys.executable} has no package {error.name}: put the bin folder of .venv "
        "first on PATH, as `source .venv/bin/activate` does",
        file=sys.stderr,
    )


end_at_once()
end_with_parent()
keep_to_avx2()
sys.excepthook = say_what_is_missing


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
        gc.freeze()
