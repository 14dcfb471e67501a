"""The land of the journeys and the sample office, for papers."""

from tests.journeys.fixtures import land as land
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.fixtures import sqlite_land as sqlite_land
from tests.journeys.samples import built_sample as built_sample
from tests.journeys.samples import sample as sample
