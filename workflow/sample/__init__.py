"""Sample offices: invented people on a known map, and the time machine that only a sample has."""

from workflow.sample.building import NoSuchSample, make_sample
from workflow.sample.time_machine import Moved, NotASample, move_clock

__all__ = ["Moved", "NoSuchSample", "NotASample", "make_sample", "move_clock"]
