"""Replay: folding every event of an office again, beside only reading and decoding them."""

import statistics
import time
from pathlib import Path
from typing import Any

import orjson

from states.record.case_record import Record
from states.record.journey import apply_event
from workflow.office import Office
from workflow.operations.open_office import open_office
from workflow.storage import reads

ROUNDS = 7


def replay(folder: Path) -> tuple[float, float, int]:
    """Seconds to read and decode, seconds to read, decode and fold (medians), and how many events."""
    office = open_office(folder / "config.yaml")
    try:
        decoded, folded, events = [], [], 0
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            events = sum(1 for _ in _events(office))
            between = time.perf_counter()
            _fold(office)
            decoded.append(between - begun)
            folded.append(time.perf_counter() - between)
        return statistics.median(decoded), statistics.median(folded), events
    finally:
        office.close()


def _events(office: Office) -> Any:
    with office.database.read_transaction() as connection:
        for row in reads.load_events(connection):
            if row.case_id is not None:
                yield orjson.loads(row.body)


def _fold(office: Office) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for event in _events(office):
        record = records.get(event["case"])
        if record is None:
            record = records[event["case"]] = Record(event["pipeline"], event["unit"])
        apply_event(record, event, office.edition_of)
    return records
