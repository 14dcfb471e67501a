"""Organs over a village are named from their units.

A unit's committee bears the unit's name in documents.
"""

from dataclasses import dataclass

from workflow.dossier.forms.vietnamese_text import lower_first

PARTY_NAMES = (
    ("tỉnh ", "Tỉnh ủy", "TU"),
    ("thành phố ", "Thành ủy", "ThU"),
    ("thị xã ", "Thị ủy", "ThU"),
    ("huyện ", "Huyện ủy", "HU"),
    ("quận ", "Quận ủy", "QU"),
)
UNIT_KINDS = (
    "tỉnh",
    "thành phố",
    "thị xã",
    "huyện",
    "quận",
    "xã",
    "phường",
    "thị trấn",
    "đặc khu",
    "thôn",
    "tổ dân phố",
    "bản",
    "khu phố",
    "ấp",
    "khu",
)  # fmt: skip - two lines of words


@dataclass(frozen=True, slots=True)
class OrganNames:
    """An organ as a form names it.

    ``name``: Chi bộ thôn Bãi Mới; ``body``: the members it leads, Đảng bộ xã Đồng Thịnh; ``short``: chi bộ,
    Đảng ủy; ``mark``: how its documents are marked (ĐU, HU); ``place``: where it dates them; ``secretary``:
    whose name stands under its papers, if it is known; ``over``: the organ above.
    """

    name: str
    body: str
    short: str
    mark: str
    place: str
    secretary: str | None = None
    over: "OrganNames | None" = None


def name_organ(
    key: str, unit: str, *, place: str = "", secretary: str | None = None, over: OrganNames | None = None
) -> OrganNames:
    """The organ ``key`` of a unit. ``place``: if it is not the unit's own."""
    inside = lower_first(unit) or unit
    body = f"Đảng bộ {inside}"
    where = place or place_name(unit)
    if key == "branch":
        return OrganNames(f"Chi bộ {inside}", body, "chi bộ", "CB", where, secretary, over)
    if key == "subcommittee":
        inside = inside.removeprefix("đảng bộ bộ phận ").removeprefix("đảng ủy bộ phận ")
        body = f"Đảng bộ bộ phận {inside}"
        return OrganNames(
            f"Đảng ủy bộ phận {inside}", body, "Đảng ủy bộ phận", "ĐUBP", where, secretary, over
        )
    for kind, name, mark in PARTY_NAMES:
        if inside.startswith(kind):
            return OrganNames(f"{name} {unit[len(kind) :]}", body, name, mark, where, secretary, over)
    return OrganNames(f"Đảng ủy {inside}", body, "Đảng ủy", "ĐU", where, secretary, over)


def place_name(unit: str) -> str:
    """A unit's name without the word for what it is."""
    kind = next(
        (kind for kind in sorted(UNIT_KINDS, key=len, reverse=True) if unit.lower().startswith(f"{kind} ")),
        "",
    )
    return unit[len(kind) + 1 :] if kind else unit
