"""Papers kept as files: what was issued comes out the same for ever, what came back signed stands in its place.

The bytes are sealed under the candidate's key; the history holds their salted hash. Forgetting the person makes them
unreadable, and the history still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.core.crypto import SALT, Unreadable, salted
from workflow.dossier import paper_queries
from workflow.office import Office
from workflow.register.writer import Registrar, Who
from workflow.storage import reads, writes
from workflow.storage.reads import Connection
from workflow.storage.writes import UnknownCase

PDF = "application/pdf"
ISSUED, RECEIVED = "issued", "received"


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper that is kept: ``n`` is the event by which it was. ``what``: issued or received."""

    n: int
    what: str
    code: str
    part: str
    basis: str
    edition: str
    form: str
    pages: int


def kept_of(connection: Connection, case: str) -> list[Kept]:
    """The kept papers of a case, oldest first."""
    return [
        Kept(row.n, row.what, row.code, row.part, row.basis, row.edition, row.form, row.pages)
        for row in paper_queries.of_case(connection, case)
    ]


def newest(kept: Sequence[Kept], what: str, code: str, part: str = "", basis: str | None = None) -> Kept | None:
    """The newest kept paper of a kind; of one ``basis``, if it is said."""
    fits = [one for one in kept if (one.what, one.code, one.part) == (what, code, part)]
    return next((one for one in reversed(fits) if basis is None or one.basis == basis), None)


def content(office: Office, connection: Connection, case: str, n: int) -> bytes | None:
    """The bytes of a kept paper; None where the person was forgotten."""
    row = paper_queries.sealed(connection, n)
    key = next((one.key for one in reads.people(connection, [row.person_id])), None) if row else None
    if row is None or key is None:
        return None
    try:
        return office.vault.open(bytes(key), bytes(row.sealed), f"{case}:{n}:{paper_queries.FIELD}")[SALT:]
    except Unreadable:
        return None


def keep(office: Office, case: str, paper: Kept, file: bytes, who: Who) -> int:
    """Keep a paper; the number of its event. ``paper.n`` is not looked at. Raises `UnknownCase`.

    What was issued once for the same facts stays as it was.
    """
    with office.writing() as (work, ledger):
        held = reads.case(work.connection, case)
        if held is None:
            raise UnknownCase(case)
        there = newest(kept_of(work.connection, case), paper.what, paper.code, paper.part, paper.basis)
        if paper.what == ISSUED and there is not None:
            return there.n
        key = writes.person_row(work, held.person_id)[0]
        together, digest = salted(file)
        said = {
            "case_id": case, "what": paper.what, "code": paper.code, "part": paper.part, "basis": paper.basis,
            "edition": paper.edition, "form": paper.form, "media": PDF, "pages": paper.pages,
        }  # fmt: skip
        pen = Registrar(office, work, ledger, who)
        n = pen.append_event("paper", **said, person=held.person_id, texts={paper_queries.FIELD: digest})
        paper_queries.add(work, n=n, **said)
        if key is not None:
            sealed = office.vault.seal(key, together, f"{case}:{n}:{paper_queries.FIELD}")
            row = {"n": n, "person_id": held.person_id, "field": paper_queries.FIELD, "sealed": sealed}
            writes.add_texts(work, [row])
        return n
