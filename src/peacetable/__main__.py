"""`python -m peacetable` is the same as the command `peacetable`."""

from .cli import main

if __name__ == "__main__":
    main()
