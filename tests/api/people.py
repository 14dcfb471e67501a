"""Who is who in the sample office of 9 August 2022."""

from collections.abc import Callable

from tests.api.programs import Program
from workflow.cases.views.case_view import load_case_view
from workflow.office import Office

CASE, SECRETARY, OFFICER = "K9AFNC5B", "bithu.ao-truc", "canbo.quang-yen"
"""A case whose turn is its branch's, the secretary, and the officer of the commune."""
VILLAGE, HEAD = "quang-yen/thon-ao-truc", "PFGEFJXZ"
ELSEWHERE, STRANGER = "KEXQDWWT", "bithu.ben-mo"
"""A case of another commune, and its secretary."""
DISTRICT = "vanphong.huyen"
VOTED, PROPOSER = "K7Q2M4TX", "bithu.bai-moi"
"""A case that its branch is about to vote on, and the secretary."""

Of = Callable[[str], Program]


def nominate(office: Office, **said: object) -> dict[str, object]:
    """The next act of the case of Thôn Ao Trúc, with two helpers as another case names them."""
    helpers = [one.id for one in load_case_view(office, "K3YKJBMF", "vi").helpers]
    values = {"resolution_no": "03-NQ/CB", "helpers": helpers}
    return {"move": "nominate", "on": "2022-08-08", "values": values} | said
