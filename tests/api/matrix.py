"""Who may what: every route of the application by whoever asks, about one case of one village.

The case stands in Thôn Bãi Mới of the commune Đồng Thịnh; the secretaries and the commune officers stand
beside it or elsewhere, the two of the district over both. Signs:

    yes   it is shown
    may   it would be done: the day that is sent lies ahead, and is all that is refused
    -     there is no such thing for this user (404)
    who?  nobody has shown who asks (401; a page leads to the door)
    open  the door itself, for everybody (tests/pages/test_entering.py)
"""

from dataclasses import dataclass
from typing import Any

PEOPLE = {
    "nobody": None,
    "branch": "bithu.bai-moi",
    "branch elsewhere": "bithu.ben-mo",
    "commune": "canbo.dong-thinh",
    "commune elsewhere": "canbo.hai-luu",
    "district": "vanphong.huyen",
    "district staff": "tochuc.huyen",
}

TABLE = """
                                               nobody  branch  elsewhere  commune  elsewhere  district  staff
GET  /static/{digest}/{name}                   yes     yes     yes        yes      yes        yes       yes
GET  /sign-in                                  open
POST /sign-in                                  open
POST /enter/{user}                             open
POST /sign-out                                 open
POST /language/{language}                      open
GET  /password                                 open
POST /password                                 open
GET  /link/{secret}                            open
POST /link/{secret}                            open

GET  /                                         who?    yes     yes        yes      yes        yes       yes
GET  /case/{case}                              who?    yes     -          yes      -          yes       yes
GET  /case/{case}/do/{kind}                    who?    yes     -          yes      -          yes       yes
POST /case/{case}/do/{kind}                    who?    may     -          may      -          may       may
GET  /case/{case}/correct/{seq}                who?    yes     -          yes      -          yes       yes
POST /case/{case}/correct/{seq}                who?    may     -          may      -          may       may
GET  /case/{case}/paper/{code}.{kind}          who?    yes     -          yes      -          yes       yes
GET  /case/{case}/dossier.{kind}               who?    yes     -          yes      -          yes       yes
GET  /case/{case}/receive/{code}               who?    yes     -          yes      -          yes       yes
POST /case/{case}/receive/{code}               who?    may     -          may      -          may       may
GET  /case/{case}/scan/{code}                  who?    yes     -          yes      -          yes       yes

GET  /cases                                    who?    yes     -          yes      -          yes       yes
GET  /cases.xlsx                               who?    yes     -          yes      -          yes       yes
GET  /board                                    who?    -       -          yes      -          yes       yes
GET  /bulk                                     who?    yes     -          yes      -          yes       yes
GET  /bulk/{kind}                              who?    yes     -          yes      -          yes       yes
POST /bulk/{kind}                              who?    may     -          may      -          may       may
GET  /heads                                    who?    -       -          yes      -          yes       yes
GET  /due                                      who?    -       -          yes      -          yes       yes
GET  /untold                                   who?    -       -          yes      -          yes       yes
GET  /coverage.xlsx                            who?    -       -          yes      -          yes       yes
GET  /report.pdf                               who?    -       -          yes      -          yes       yes

GET  /register                                 who?    yes     yes        yes      yes        yes       yes
GET  /register/unit/{unit:path}                who?    yes     -          yes      -          yes       yes
GET  /register/meetings                        who?    yes     -          yes      -          yes       yes
GET  /register/people                          who?    yes     yes        yes      yes        yes       yes
GET  /register/person/{person}                 who?    yes     -          yes      -          yes       yes
GET  /register/users                           who?    -       -          yes      -          yes       yes
GET  /register/enter/{entry}/{of:path}         who?    yes     -          yes      -          yes       yes
POST /register/enter/{entry}/{of:path}         who?    may     -          may      -          may       may
GET  /register/import                          who?    -       -          -        -          yes       yes
POST /register/import                          who?    -       -          -        -          may       may
POST /register/import/write                    who?    -       -          -        -          may       may
GET  /rules                                    who?    yes     yes        yes      yes        yes       yes
GET  /rules/difference                         who?    yes     yes        yes      yes        yes       yes
GET  /letters                                  who?    -       -          yes      yes        yes       yes
GET  /letters/{letter}                         who?    yes     -          yes      -          yes       yes
POST /letters/{letter}                         who?    -       -          may      -          may       may
GET  /notice/{notice}/snooze                   who?    yes     -          yes      -          yes       yes
POST /notice/{notice}/snooze                   who?    may     -          may      -          may       may
GET  /admin                                    who?    -       -          yes      yes        yes       yes
GET  /admin/user/{user}                        who?    -       -          yes      -          yes       yes
POST /admin/user/{user}                        who?    -       -          may      -          may       may
GET  /admin/looks                              who?    -       -          yes      yes        yes       yes
GET  /admin/office                             who?    -       -          -        -          yes       yes
POST /admin/office                             who?    -       -          -        -          may       may
GET  /me                                       who?    yes     yes        yes      yes        yes       yes
POST /me                                       who?    may     may        may      may        may       may
GET  /healthz                                  yes     yes     yes        yes      yes        yes       yes

GET  /api/v1/openapi.json                      who?    yes     yes        yes      yes        yes       yes
GET  /api/v1/me                                who?    yes     yes        yes      yes        yes       yes
GET  /api/v1/status                            who?    yes     yes        yes      yes        yes       yes

GET  /api/v1/cases                             who?    yes     -          yes      -          yes       yes
POST /api/v1/cases                             who?    -       -          may      -          may       may
POST /api/v1/adopt                             who?    -       -          may      -          may       may
GET  /api/v1/cases/{case}                      who?    yes     -          yes      -          yes       yes
GET  /api/v1/cases/{case}/history              who?    yes     -          yes      -          yes       yes
GET  /api/v1/cases/{case}/notices              who?    yes     -          yes      -          yes       yes
POST /api/v1/cases/{case}/advance              who?    may     -          may      -          may       may
POST /api/v1/cases/{case}/record               who?    may     -          may      -          may       may
POST /api/v1/cases/{case}/correct              who?    may     -          may      -          may       may
GET  /api/v1/cases/{case}/dossier              who?    yes     -          yes      -          yes       yes
GET  /api/v1/cases/{case}/dossier/file         who?    yes     -          yes      -          yes       yes
GET  /api/v1/cases/{case}/papers/{code}        who?    yes     -          yes      -          yes       yes
GET  /api/v1/cases/{case}/papers/{code}/scan   who?    yes     -          yes      -          yes       yes
POST /api/v1/cases/{case}/papers/{code}/scan   who?    may     -          may      -          may       may

GET  /api/v1/units                             who?    yes     -          yes      -          yes       yes
POST /api/v1/units/add                         who?    -       -          may      -          may       may
POST /api/v1/units/change                      who?    -       -          may      -          may       may
POST /api/v1/units/end                         who?    -       -          may      -          may       may
GET  /api/v1/terms                             who?    yes     yes        yes      yes        yes       yes
POST /api/v1/terms                             who?    -       -          may      -          may       may
GET  /api/v1/posts                             who?    yes     -          yes      -          yes       yes
POST /api/v1/posts/add                         who?    -       -          may      -          may       may
POST /api/v1/posts/hold                        who?    -       -          may      -          may       may
POST /api/v1/posts/leave                       who?    -       -          may      -          may       may
POST /api/v1/posts/end                         who?    -       -          may      -          may       may
GET  /api/v1/plans                             who?    -       -          yes      -          yes       yes
POST /api/v1/plans                             who?    -       -          may      -          may       may
GET  /api/v1/meetings                          who?    yes     -          yes      -          yes       yes
POST /api/v1/meetings                          who?    may     -          may      -          may       may
GET  /api/v1/people                            who?    yes     yes        yes      yes        yes       yes
POST /api/v1/people/add                        who?    -       -          may      may        may       may
POST /api/v1/people/set                        who?    -       -          may      -          may       may
POST /api/v1/people/membership                 who?    -       -          may      -          may       may
POST /api/v1/people/together                   who?    -       -          may      -          may       may
GET  /api/v1/users                             who?    yes     yes        yes      yes        yes       yes
POST /api/v1/users/add                         who?    -       -          may      -          may       may
POST /api/v1/users/grant                       who?    -       -          may      -          may       may
POST /api/v1/users/end                         who?    -       -          may      -          may       may

GET  /api/v1/board/funnel                      who?    -       -          yes      -          yes       yes
GET  /api/v1/board/overdue                     who?    -       -          yes      -          yes       yes
GET  /api/v1/board/waiting                     who?    -       -          yes      -          yes       yes
GET  /api/v1/board/due                         who?    -       -          yes      -          yes       yes
GET  /api/v1/board/due/list                    who?    -       -          yes      -          yes       yes
GET  /api/v1/board/untold                      who?    -       -          yes      -          yes       yes
GET  /api/v1/board/untold/list                 who?    -       -          yes      -          yes       yes
GET  /api/v1/board/done                        who?    -       -          yes      -          yes       yes
GET  /api/v1/coverage                          who?    -       -          yes      -          yes       yes
GET  /api/v1/coverage/course                   who?    -       -          yes      -          yes       yes

GET  /api/v1/notices                           who?    yes     yes        yes      yes        yes       yes
POST /api/v1/notices/{notice}/snooze           who?    may     -          may      -          may       may
GET  /api/v1/letters                           who?    -       -          yes      yes        yes       yes
GET  /api/v1/letters/{letter}                  who?    -       -          yes      -          yes       yes
POST /api/v1/letters/{letter}/retry            who?    -       -          may      -          may       may
POST /api/v1/letters/{letter}/cancel           who?    -       -          may      -          may       may

GET  /api/v1/rulebook                          who?    yes     yes        yes      yes        yes       yes
GET  /api/v1/rulebook/difference               who?    yes     yes        yes      yes        yes       yes
GET  /api/v1/rulebook/{edition}                who?    yes     yes        yes      yes        yes       yes
GET  /api/v1/rulebook/{edition}/diagram        who?    yes     yes        yes      yes        yes       yes
"""

CASE, VILLAGE, COMMUNE = "K7Q2M4TX", "dong-thinh/thon-bai-moi", "dong-thinh"
AHEAD = "2150-01-01"
"""A day that has not come: whoever may is told so, and nothing is recorded."""

FILLED = {
    "case": CASE,
    "kind": "branch_proposes",
    "seq": "2",
    "code": "5-KNĐ",
    "edition": "2021-07",
    "user": "bithu.bai-moi",
    "language": "vi",
    "secret": "x",
    "entry": "meeting",
    "of": VILLAGE,
    "unit": VILLAGE,
}
"""What stands in the braces of a path; a paper's kind, the letter and the notice are put in by the test."""

OF_UNIT = {"unit": VILLAGE}
ASKED: dict[str, dict[str, Any]] = {
    "GET /cases": OF_UNIT,
    "GET /cases.xlsx": OF_UNIT,
    "GET /bulk": {"case": CASE},
    "GET /bulk/{kind}": {"case": CASE},
    "POST /bulk/{kind}": {"case": CASE, "on": "01/01/2150"},
    "GET /board": OF_UNIT,
    "GET /heads": OF_UNIT,
    "GET /due": OF_UNIT,
    "GET /untold": OF_UNIT,
    "GET /coverage.xlsx": OF_UNIT,
    "GET /report.pdf": {**OF_UNIT, "month": "2022-07"},
    "GET /api/v1/cases": OF_UNIT,
    "GET /api/v1/units": OF_UNIT,
    "GET /api/v1/posts": OF_UNIT,
    "GET /api/v1/plans": OF_UNIT,
    "GET /api/v1/meetings": OF_UNIT,
    "GET /api/v1/board/funnel": OF_UNIT,
    "GET /api/v1/board/overdue": OF_UNIT,
    "GET /api/v1/board/waiting": OF_UNIT,
    "GET /api/v1/board/due": OF_UNIT,
    "GET /api/v1/board/due/list": OF_UNIT,
    "GET /api/v1/board/untold": OF_UNIT,
    "GET /api/v1/board/untold/list": OF_UNIT,
    "GET /api/v1/board/done": {**OF_UNIT, "first": "2022-07-01", "last": "2022-07-31"},
    "GET /api/v1/coverage": OF_UNIT,
    "GET /api/v1/coverage/course": OF_UNIT,
    "GET /api/v1/rulebook/difference": {"old": "2021-07", "new": "2025-07"},
    "GET /register/meetings": OF_UNIT,
    "GET /register/users": OF_UNIT,
    "POST /register/enter/{entry}/{of:path}": {"on": "01/01/2150", "came": "yes"},
    "GET /rules/difference": {"old": "2021-07", "new": "2025-07"},
    "POST /notice/{notice}/snooze": {"until": "01/01/2022", "reason": "bận"},
    "POST /case/{case}/do/{kind}": {"on": "01/01/2150"},
    "POST /case/{case}/correct/{seq}": {"on": "01/01/2150"},
    "POST /case/{case}/receive/{code}": {"on": "01/01/2150"},
}
"""What is asked beside the path."""

SENT: dict[str, dict[str, Any]] = {
    "/api/v1/cases": {"person": "HEAD", "on": AHEAD, "unit": VILLAGE},
    "/api/v1/adopt": {"person": "HEAD", "on": AHEAD, "unit": VILLAGE, "state": "training"},
    "/api/v1/cases/{case}/advance": {"move": "branch_proposes", "on": AHEAD, "by": "BRANCH"},
    "/api/v1/cases/{case}/record": {"entry": "receive_paper", "on": AHEAD, "by": "BRANCH"},
    "/api/v1/cases/{case}/correct": {
        "event": 2,
        "values": {"on": AHEAD},
        "reason": "nhầm",
        "allowed_by": "vanphong.huyen",
        "by": "BRANCH",
    },
    "/api/v1/units/add": {"name": "Thôn Mới", "level": "village", "since": AHEAD, "parent": COMMUNE},
    "/api/v1/units/change": {"unit": VILLAGE, "since": AHEAD, "name": "Thôn Mới"},
    "/api/v1/units/end": {"unit": VILLAGE, "on": AHEAD},
    "/api/v1/terms": {"unit": COMMUNE, "on": AHEAD},
    "/api/v1/posts/add": {"unit": VILLAGE, "since": AHEAD},
    "/api/v1/posts/hold": {"post": VILLAGE, "person": "HEAD", "since": AHEAD},
    "/api/v1/posts/leave": {"post": VILLAGE, "on": AHEAD},
    "/api/v1/posts/end": {"post": VILLAGE, "on": AHEAD},
    "/api/v1/plans": {"post": VILLAGE, "kind": "admit", "on": AHEAD},
    "/api/v1/meetings": {"unit": VILLAGE, "on": AHEAD, "came": True},
    "/api/v1/people/add": {"name": "Người Mới", "born": AHEAD},
    "/api/v1/people/set": {"person": "HEAD", "born": AHEAD},
    "/api/v1/people/membership": {"person": "HEAD", "status": "member", "since": AHEAD},
    "/api/v1/people/together": {"person": "HEAD", "candidate": "HEAD", "since": AHEAD},
    "/api/v1/users/add": {
        "user": "moi",
        "name": "Người Mới",
        "role": "branch_secretary",
        "unit": VILLAGE,
        "since": AHEAD,
    },
    "/api/v1/users/grant": {
        "user": "bithu.bai-moi",
        "role": "branch_secretary",
        "unit": VILLAGE,
        "since": AHEAD,
    },
    "/api/v1/users/end": {"user": "bithu.bai-moi", "on": AHEAD},
    "/api/v1/notices/{notice}/snooze": {"until": "2022-01-01", "reason": "bận"},
}
"""What is sent to the API. HEAD, BRANCH: the village's head, its secretary."""


@dataclass(frozen=True)
class Row:
    """A route, and a sign for each who asks."""

    method: str
    path: str
    signs: tuple[str, ...]

    @property
    def name(self) -> str:
        """As the table begins the line."""
        return f"{self.method} {self.path}"

    @property
    def is_open(self) -> bool:
        """Whether it is the door itself."""
        return self.signs == ("open",)


def rows() -> list[Row]:
    """The table's lines."""
    read = (line.split() for line in TABLE.splitlines()[2:] if line.strip())
    return [Row(method, path, tuple(signs)) for method, path, *signs in read]
