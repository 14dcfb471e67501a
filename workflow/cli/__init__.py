"""The command line parses input, runs one command and prints the result."""

from workflow.cli.app import main as main
