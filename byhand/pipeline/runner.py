"""Run a script of a package, such as stages: python -m stages NAME [ARG].

A script is a module of one of these packages with a main(…), whose signature says which
arguments and options the command line takes. Before it is imported, the
runner sees to three things: Ctrl-C ends it without a traceback, so does the end of its
parent process, and every processor with AVX2 rounds alike.
"""

import argparse
import importlib
import inspect
import logging
import os
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from byhand.pipeline.errors import UserError
from byhand.pipeline.lifetime import end_with_parent
from byhand.pipeline.network import stay_offline
from byhand.pipeline.outputs import keep_to_avx2
from byhand.pipeline.preloaded import call_with_imports

LOCKS = " ".join(["dvc.lock", *map(str, sorted(Path().glob("*/dvc.lock")))])
TAKE_BACK = f"git restore -SW params.yaml {LOCKS} metrics plots && dvc checkout"


def run(package: str) -> None:
    """Run the script that the command line names, with the words that follow."""
    end_with_parent()
    prepare()
    call_with_imports(call, package, *sys.argv[1:])


def prepare() -> None:
    """Set what libraries read when they are imported."""
    keep_to_avx2()
    stay_offline()


def call(package: str, *words: str) -> None:
    """Call a script's main with the words behind the script's name.

    Each line of the log begins with the name. A UserError, or a file that can't be read or
    written, ends the process with a sentence and exit status 1. Any other exception is a
    bug and keeps its traceback.
    """
    modules = pkgutil.iter_modules(importlib.import_module(package).__path__)
    names = [module.name for module in modules if module.name != "__main__"]
    parser = argparse.ArgumentParser(f"python -m {package}")
    parser.add_argument("name", metavar="NAME", choices=names, help=", ".join(names))
    parser.add_argument("arguments", metavar="ARG", nargs="...", help="see NAME --help")
    name, arguments = vars(parser.parse_args(words)).values()

    script = "@".join([name, *arguments][:2])
    logging.basicConfig(
        level=logging.INFO, format=f"{script.replace('%', '%%')}: %(message)s"
    )
    try:
        module = importlib.import_module(f"{package}.{name}")
        parser = argparse.ArgumentParser(
            f"{parser.prog} {name}",
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        call_with(module.main, parser, arguments)
    except UserError as error:
        sys.exit(complaint(script, error))
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else error
        sys.exit(complaint(script, reason))
    except ModuleNotFoundError as error:
        error.add_note(f"{sys.executable} runs this: is .venv activated?")
        raise


def call_with(
    main: Callable, parser: argparse.ArgumentParser, words: list[str]
) -> None:
    """Call a main with the words of a command line, as its signature takes them.

    A parameter is an argument, *parameter any number of them. A keyword-only one is an
    option, of its default's type; a Literal names its choices.
    """
    positional, repeated = [], None
    for name, parameter in inspect.signature(main).parameters.items():
        if parameter.kind is parameter.KEYWORD_ONLY:
            parser.add_argument(
                f"--{name}",
                default=parameter.default,
                type=type(parameter.default),
                choices=get_args(parameter.annotation) or None,
                help=f"by default {parameter.default}",
            )
        elif parameter.kind is parameter.VAR_POSITIONAL:
            parser.add_argument(name, metavar=name.upper(), nargs="*")
            repeated = name
        else:
            parser.add_argument(name, metavar=name.upper())
            positional.append(name)
    given = vars(parser.parse_intermixed_args(words))
    values = [given.pop(name) for name in positional]
    main(*values, *given.pop(repeated, []), **given)


def complaint(script: str, reason: object) -> str:
    """Return why a script failed and, if DVC runs it here, what takes the run back."""
    said = f"{script}: error: {reason}"
    if os.environ.get("DVC_ROOT") == os.getcwd():  # an experiment's own folder is not
        said += f"\n{script}: back to the last commit: {TAKE_BACK}"
    return said
