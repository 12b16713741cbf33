"""The command `peacetable`, and `python -m peacetable`, which is the same."""

from __future__ import annotations

import sys

from . import STOPPED

TYPE_CHECKING = False  # here nothing is imported early that takes time
if TYPE_CHECKING:
    from sys import UnraisableHookArgs


def main() -> None:
    """Run the command line. Ctrl-C is told in a sentence from here on, also while the rest is still being imported."""
    try:
        sys.unraisablehook = _not_lost
        from .cli import main as run

        run()
    except KeyboardInterrupt:
        print(STOPPED, file=sys.stderr)
        sys.exit(1)


def _not_lost(lost: UnraisableHookArgs) -> None:
    """Python drops what is raised while it tidies up after an import: Ctrl-C then comes once more, a moment later."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    import signal
    from threading import Timer

    again = Timer(0.05, signal.raise_signal, [signal.SIGINT])
    again.daemon = True
    again.start()


if __name__ == "__main__":
    main()
