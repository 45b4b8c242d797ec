"""Run a script of this package: python -m tools NAME [ARG]."""

from byhand.pipeline.lifetime import end_at_once

if __name__ == "__main__":
    end_at_once()  # before the runner's own imports
    from byhand.pipeline.runner import run

    run("tools")
