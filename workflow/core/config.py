"""config.yaml says what an office may set.

Levels, rights, units and users do not stand here.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from notifications.settings import MailSettings
from states.errors import UserError

LOADER: type[yaml.CSafeLoader | yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ConfigFault(NamedTuple):
    """One fault: the key, a code that the catalogue words (``config.CODE``), and what it is about."""

    key: str
    code: str
    what: str


class BadConfig(UserError):
    """config.yaml cannot be used; every fault at once."""

    code = "bad_config"
    message_values = ("path",)

    def __init__(self, path: Path, faults: list[ConfigFault]) -> None:
        super().__init__(f"{path}: {faults}")
        self.path, self.faults = path, faults


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(name) from error
    return name


Days = Annotated[int, Field(strict=True, ge=1, le=3650)]


class BackupSettings(BaseModel):
    """How the office is backed up.

    ``second``: a folder on another disk or machine that each backup is copied to. ``also``: further files and
    folders of the office's own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    second: str = ""
    also: tuple[str, ...] = ()


class Config(BaseModel):
    """This office's settings. Paths are taken as beside the file itself; house clocks run in calendar days.

    ``reminders``: a policy of the office's own; ``letters``: a folder with templates of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path = Field(exclude=True)
    office: str = ""
    database: str = Field(default="sqlite:///ketnap.db", pattern=r"^(sqlite:///.|postgresql(\+psycopg)?://)")
    key_file: str = Field(default="office.key", min_length=1)
    zone: Annotated[str, AfterValidator(_check_zone)] = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"
    same_typist: Literal["warn", "refuse"] = "warn"
    house_clocks: dict[str, Days] = {}
    mail: MailSettings = MailSettings()
    reminders: str = ""
    letters: str = ""
    backup: BackupSettings = BackupSettings()

    @property
    def folder(self) -> Path:
        """What paths in the config are beside."""
        return self.path.parent

    @property
    def key_path(self) -> Path:
        """Where the office's key stands."""
        return self.folder / self.key_file


KEYS = tuple(name for name in Config.model_fields if name != "path")


def read_config(path: Path) -> Config:
    """Read and check config.yaml. Raises `BadConfig` with every fault at once."""
    try:
        # a safe loader, either one
        values = yaml.load(path.read_text(encoding="utf-8"), LOADER) or {}  # noqa: S506 - as above
    except FileNotFoundError as error:
        raise BadConfig(path, [ConfigFault("", "missing", str(path))]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(path, [ConfigFault("", "unreadable", str(error))]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise BadConfig(path, [ConfigFault("", "not_yaml", str(mark.line + 1 if mark else "?"))]) from error
    if not isinstance(values, dict):
        raise BadConfig(path, [ConfigFault("", "not_yaml", "1")])
    faults = [_unknown_key_fault(str(key)) for key in values if key not in KEYS]
    known = {key: value for key, value in values.items() if key in KEYS}
    try:
        config = Config.model_validate(known | {"path": path})
    except ValidationError as error:
        raise BadConfig(
            path,
            faults
            + [
                _invalid_value_fault(error_detail["loc"], error_detail["input"])
                for error_detail in error.errors()
            ],
        ) from error
    if faults:
        raise BadConfig(path, faults)
    return config


def _unknown_key_fault(key: str) -> ConfigFault:
    near = get_close_matches(key, KEYS, n=1)
    return ConfigFault(key, "misspelt", near[0]) if near else ConfigFault(key, "unknown_key", ", ".join(KEYS))


def _invalid_value_fault(place: tuple[int | str, ...], got: object) -> ConfigFault:
    return ConfigFault(".".join(map(str, place)), f"bad_{place[0]}", str(got))
