import sys

from abuse.command import main

if __name__ == "__main__":
    sys.exit(main())
