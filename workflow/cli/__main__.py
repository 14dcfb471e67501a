"""``python -m workflow.cli`` starts the program."""

import sys

from workflow.cli.app import main

if __name__ == "__main__":  # whoever walks through all modules imports this one too
    sys.exit(main())
