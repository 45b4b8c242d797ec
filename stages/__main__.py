"""Run a stage: python -m stages NAME [ARG].

A stage is a module of this package with a main(…). What has to be set before a package that
computes or takes long to import is set here: then Ctrl-C ends a stage without a traceback,
so does the end of the process that started it, and every processor with AVX2 rounds alike.
"""

from stages.pipeline.lifetime import end_at_once, end_with_parent

if __name__ == "__main__":  # before what follows, which takes its time
    end_at_once()
    end_with_parent()

import argparse
import atexit
import gc
import importlib
import inspect
import logging
import os
import pkgutil
import sys

import stages
from stages.pipeline.arithmetic import keep_to_avx2
from stages.pipeline.errors import UserError
from stages.pipeline.memory import keep_freed_memory
from stages.pipeline.network import stay_offline
from stages.pipeline.preloaded import share_imports


def main() -> None:
    """Call a stage's main with the command line's words, one for each of its parameters.

    Each line of the log begins with the stage's name. A UserError, or a file that can't
    be read or written, ends the process with a sentence and exit status 1; any other
    exception is a bug and keeps its traceback.
    """
    modules = pkgutil.iter_modules(stages.__path__)
    names = [m.name for m in modules if not m.ispkg and m.name != "__main__"]
    parser = argparse.ArgumentParser("python -m stages", description="Run a stage.")
    parser.add_argument("name", metavar="NAME", choices=names, help=", ".join(names))
    parser.add_argument("arguments", metavar="ARG", nargs="*", help="what it works on")
    name, arguments = vars(parser.parse_args()).values()

    stage = "@".join([name, *arguments])
    logging.basicConfig(level=logging.INFO, format=f"{stage}: %(message)s")
    try:
        run = importlib.import_module(f"stages.{name}").main
        expected = list(inspect.signature(run).parameters)
        if len(arguments) != len(expected):
            parser.error(f"{name} takes {len(expected)} ARG, got {len(arguments)}")
        run(*arguments)
    except UserError as error:
        sys.exit(f"{stage}: error: {error}")
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else error
        sys.exit(f"{stage}: error: {reason}")
    except ModuleNotFoundError as error:
        error.add_note(f"{sys.executable} runs this: is .venv activated?")
        raise


if __name__ == "__main__":
    keep_to_avx2()
    keep_freed_memory()
    stay_offline()
    # Modules are no garbage: to search them over and over takes a quarter of the time that
    # an import of torch takes.
    gc.set_threshold(100_000)
    succeeded = False
    # Registered first, so the last to be done at exit: what Python would free object by
    # object, for 0.4 s once PyTorch is imported, the system frees at once.
    atexit.register(lambda: succeeded and os._exit(0))
    share_imports()
    main()
    sys.stdout.flush()
    succeeded = True
