"""`firstpush` and `python -m firstpush`: the arguments of the process go in, its exit code comes out."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line on `sys.argv`. Returns the exit code."""
    try:
        from firstpush.cli.main import main as run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
