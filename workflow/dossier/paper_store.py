"""A store keeps papers as files.

What was issued comes out the same for ever; what came back signed stands in its place. The bytes are
encrypted under the candidate's key; the history holds their salted hash. Forgetting the person makes them
unreadable, and the history still holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from workflow.core.crypto import SALT_BYTES, DecryptionFailed, add_salt
from workflow.dossier import paper_queries
from workflow.office import Office
from workflow.register.writer import RegisterWriter, Who
from workflow.storage import reads, writes
from workflow.storage.ledger import UnknownCase
from workflow.storage.reads import Connection

PDF_TYPE = "application/pdf"
ISSUED, RECEIVED = "issued", "received"


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """A paper that is kept: ``n`` is the event by which it was. ``what``: issued or received."""

    n: int
    what: str
    code: str
    part: str
    basis: str
    edition: str
    form: str
    pages: int


def list_stored_papers(connection: Connection, case: str) -> list[StoredPaper]:
    """The kept papers of a case, oldest first."""
    return [
        StoredPaper(row.n, row.what, row.code, row.part, row.basis, row.edition, row.form, row.pages)
        for row in paper_queries.list_papers(connection, case)
    ]


def find_newest(
    stored_papers: Sequence[StoredPaper], what: str, code: str, part: str = "", basis: str | None = None
) -> StoredPaper | None:
    """The newest kept paper of a kind; of one ``basis``, if it is said."""
    fits = [paper for paper in stored_papers if (paper.what, paper.code, paper.part) == (what, code, part)]
    return next((paper for paper in reversed(fits) if basis is None or paper.basis == basis), None)


def read_content(office: Office, connection: Connection, case: str, n: int) -> bytes | None:
    """The bytes of a kept paper; None where the person was forgotten."""
    row = paper_queries.load_encrypted_file(connection, n)
    key = (
        next((person.key for person in reads.load_people(connection, [row.person_id])), None) if row else None
    )
    if row is None or key is None:
        return None
    try:
        return office.vault.decrypt(bytes(key), bytes(row.sealed), f"{case}:{n}:{paper_queries.FILE_FIELD}")[
            SALT_BYTES:
        ]
    except DecryptionFailed:
        return None


def store_paper(office: Office, case: str, paper: StoredPaper, file: bytes, who: Who) -> int:
    """Keep a paper; returns the number of its event. ``paper.n`` is ignored. Raises `UnknownCase`.

    A paper that was issued before for the same facts stays as it was.
    """
    with office.write_transaction() as (work, ledger):
        case_row = reads.load_case(work.connection, case)
        if case_row is None:
            raise UnknownCase(case)
        there = find_newest(
            list_stored_papers(work.connection, case), paper.what, paper.code, paper.part, paper.basis
        )
        if paper.what == ISSUED and there is not None:
            return there.n
        key = writes.load_person_row(work, case_row.person_id)[0]
        together, digest = add_salt(file)
        paper_values = {
            "case_id": case,
            "what": paper.what,
            "code": paper.code,
            "part": paper.part,
            "basis": paper.basis,
            "edition": paper.edition,
            "form": paper.form,
            "media": PDF_TYPE,
            "pages": paper.pages,
        }
        pen = RegisterWriter(office, work, ledger, who)
        n = pen.append_event(
            "paper", **paper_values, person=case_row.person_id, texts={paper_queries.FILE_FIELD: digest}
        )
        paper_queries.add_paper(work, n=n, **paper_values)
        if key is not None:
            sealed = office.vault.encrypt(key, together, f"{case}:{n}:{paper_queries.FILE_FIELD}")
            row = {
                "n": n,
                "person_id": case_row.person_id,
                "field": paper_queries.FILE_FIELD,
                "sealed": sealed,
            }
            writes.add_texts(work, [row])
        return n
