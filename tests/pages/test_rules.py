"""The rules on pages: read by everybody, with counts of the own units alone."""

import re

from fastapi import FastAPI

from tests.pages.guests import Guest, guest, words

SECRETARY = "bithu.ao-truc"


def test_the_rules_are_read_by_everybody_with_counts_of_the_own_units(app: FastAPI, district: Guest) -> None:
    mine = guest(app).enter(SECRETARY).get("/rules")
    assert "Quy định 24-QĐ/TW" in words(mine)
    assert len(re.findall(r'class="count"', mine)) == 1
    assert len(re.findall(r'class="count"', district.get("/rules"))) > 8


def test_two_editions_are_compared_and_unknown_ones_are_not_there(district: Guest) -> None:
    text = words(district.get("/rules/difference?old=2021-07&new=2025-07"))
    assert "khác nhau ở đâu" in text
    assert "294-QĐ/TW" in text
    district.get("/rules?edition=1999-01", status=404)
    district.get("/rules?pipeline=nothing", status=404)
