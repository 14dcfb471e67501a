"""These settings describe an office's mail (key ``mail`` of config.yaml)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class SmtpSettings(BaseModel):
    """The server that takes the office's mail.

    ``password_file`` lies beside config.yaml and holds one line.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    seconds: Annotated[int, Field(strict=True, ge=1, le=600)] = 30
    """How long one answer of the server is waited for."""


class MailSettings(BaseModel):
    """How letters go out. Without ``smtp`` they are laid as .eml files into ``folder``, beside config.yaml.

    ``link``: the address under which the program's pages are reached, put before a case's code in letters.
    ``names``: letters say village and name; by default they say the code of the case and nothing else about a
    person. ``bounces``: a Maildir beside config.yaml in which undeliverable letters come back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: str = Field(default="ketnap@localhost", pattern=r"^[^\s@<>]+@[^\s@<>]+$")
    smtp: SmtpSettings | None = None
    folder: str = Field(default="thu-gui", min_length=1)
    link: str = Field(default="", pattern=r"^(https?://\S+)?$")
    names: bool = False
    bounces: str = ""
