"""Several commands share these arguments and options.

Their words stand in the catalogue, see `help_text`.
"""

from workflow.cli.parsing.parser import Param

CASE = Param("case", required=True)
PERSON = Param("person", required=True)
FILE = Param("file", kind="file", required=True)
ON = Param("--on", "date", required=True)
OPTIONAL_ON = Param("--on", "date")
BY = Param("--by", "user", required=True)
OPTIONAL_BY = Param("--by", "user")
SET = Param("--set", "pair", "list", into="pairs")
FACTS = Param("--facts", "file", "file")
SEEN_VERSION = Param("--seen", "number", "number")
UNIT = Param("--unit", "unit")
PIPELINE = Param("--pipeline", "pipeline")
