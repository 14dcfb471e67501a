"""The land that reminders are about, copied from one template per run."""

from tests.journeys.fixtures import land as land
from tests.journeys.fixtures import land_template as land_template
from tests.journeys.fixtures import sqlite_land as sqlite_land
