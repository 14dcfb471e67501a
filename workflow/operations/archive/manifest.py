"""The manifest lists what is in a backup."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

FORMAT = 1
MANIFEST, DATABASE, CONFIG, KEY = "manifest.json", "ketnap.db", "config.yaml", "office.key"


class ArchivedFile(BaseModel):
    """A file of a backup: its path beside config.yaml, with ``/`` between folders."""

    model_config = ConfigDict(frozen=True)

    name: str
    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds. ``key_check``: by which an office is known; ``seal``: number and hash of the head.

    A later format may add keys: they are read over.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    program: str
    tables: str
    office: str
    key_check: str
    events: int
    seal: str
    made_at: datetime
    database: str
    key: str
    files: tuple[ArchivedFile, ...] = ()


class ManifestFormat(BaseModel):
    """The one key that every format has."""

    format: int
