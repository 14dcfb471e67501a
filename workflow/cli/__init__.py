"""The command line: parses and asks one verb, shows what came of it. Files by what people come to do."""

from workflow.cli.app import main as main
