"""Names are kept tidy, found without marks, sorted as a Vietnamese list is, and compared with forgiveness."""

import unicodedata
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.text import Identity, find_same_reason, matches_query, search_key, sort_key, tidy_name

SURNAMES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"]
GIVEN = ["Hữu", "Đức", "Ngọc", "Hoà", "Hòa", "Thuý", "Thúy", "Quý", "Uyên", "Ân", "Ánh", "Ước"]
vietnamese_names = st.lists(st.sampled_from(SURNAMES + GIVEN), min_size=1, max_size=5).map(" ".join)
birth_dates = st.dates(date(1940, 1, 1), date(2005, 12, 31))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("dong thinh", "Đồng Thịnh"),
        ("ĐỒNG THỊNH", "Đồng  Thịnh"),
        ("hoà", "Hòa"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Thuý"), "nguyen thi thúy"),
        ("Ðồng", "Đồng"),  # eth, as some keyboards write it
        ("H’Hen Niê", "h'hen nie"),
        ("Lê Văn-A (b)", "le van a b"),
        ("Ng\u200bọc", "ngoc"),
        ("\ufeffTâm\u00a0An", "tam an"),
        ("Ｔâｍ", "tam"),
    ],
)
def test_spellings_of_one_name_have_one_search_key(query: str, text: str) -> None:
    assert search_key(query) == search_key(text)


@pytest.mark.parametrize(
    ("query", "name", "found"),
    [
        ("dong thinh", "Xã Đồng Thịnh", True),
        ("thinh dong", "Xã Đồng Thịnh", True),
        ("ng hoa", "Nguyễn Thị Hoà", True),
        ("an", "Nguyễn Văn Ân", True),
        ("an", "Lê Thị Lan", False),  # a word is found by its beginning, or every Thanh would be an An
        ("dong tam", "Xã Đồng Thịnh", False),
        ("", "Xã Đồng Thịnh", True),
        ("?!", "Xã Đồng Thịnh", True),
    ],
)
def test_a_query_finds_names_by_the_beginnings_of_their_words(query: str, name: str, found: bool) -> None:
    assert matches_query(search_key(query), search_key(name)) is found


def test_people_are_sorted_by_given_name_then_surname_then_middle_name() -> None:
    ordered = [
        "Trần Văn An",
        "Trần Văn Ảnh",
        "Lê Thị Ánh",
        "Nguyễn Văn Ánh",
        "Lê Văn Ân",
        "Bùi Văn Dũng",
        "Bùi Văn Đạt",
        "Lê Thị Hoa",
        "Lê Thị Hòa",
        "Lê Văn Hòa",
        "Lê Thị Hoá",
        "Lê Thị Hoan",
        "Đặng Văn Ơn",
        "Đỗ Văn Ơn",
        "Ngô Thị Uyên",
        "Ngô Văn Ước",
        "Vũ Thị Ý",
    ]
    shuffled = Random(7).sample(ordered, len(ordered))
    assert sorted(shuffled, key=sort_key) == ordered


def test_the_alphabet_is_vietnamese() -> None:
    alphabet = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
    shuffled = Random(7).sample(alphabet, len(alphabet))
    assert sorted(shuffled, key=sort_key) == alphabet


def test_tones_follow_their_order_after_all_letters() -> None:
    tones = ["ma", "mà", "mả", "mã", "má", "mạ", "man"]
    shuffled = Random(7).sample(tones, len(tones))
    assert sorted(shuffled, key=sort_key) == tones


def test_numbered_places_sort_before_letters_and_punctuation_is_silent() -> None:
    assert sort_key("Thôn 1") < sort_key("Thôn 2") < sort_key("Thôn A")
    assert sort_key("Niê H'Hen") == sort_key("niê h’hen -")
    assert sort_key("…") == sort_key("") == ""


def test_tone_placement_makes_no_difference_to_sorting_but_marks_do() -> None:
    assert sort_key("Lê Hoà") == sort_key("Lê Hòa")
    assert len({sort_key(name) for name in ("Thôn Đông", "Thôn Đồng", "Thôn Dông")}) == 3


def test_a_name_is_kept_without_what_nobody_sees() -> None:
    assert (
        tidy_name(" \ufeffNguye\u0302\u0303n\u200b  Thi\u0323\t\u202eHoa\u0300\x00\n\ud800")
        == "Nguyễn Thị Hoà"
    )
    assert tidy_name("NGUYỄN  văn\u00a0a ") == "NGUYỄN văn a"


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (("Lê Thị Hoà", date(1985, 3, 5)), ("LÊ THỊ HÒA", date(1985, 3, 5)), "same_name_and_birth_date"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hòa", date(1985, 5, 3)), "same_name_birth_date_mistyped"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hòa", date(1986, 3, 5)), "same_name_birth_date_mistyped"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hòa", date(1985, 11, 28)), "same_name_and_birth_year"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hòa", 1985), "same_name_and_birth_year"),
        (("Lê Thị Hoà", 1985), ("Lê Thị Hòa", 1986), None),
        (("Lê Thị Hoà", None), ("Lê Thị Hòa", date(1985, 3, 5)), "same_name_birth_unknown"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hòa", date(1961, 11, 28)), None),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hoan", date(1985, 3, 5)), "similar_name_and_birth_date"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hao", date(1985, 3, 5)), "similar_name_and_birth_date"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hoè", date(1985, 3, 5)), "similar_name_and_birth_date"),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Lê Thị Hoan", date(1985, 3, 6)), None),
        (("Lê Thị Hoà", 1985), ("Lê Thị Hoan", 1985), None),
        (("Lê Thị Hoà", date(1985, 3, 5)), ("Vũ Văn Nam", date(1985, 3, 5)), None),
        (("", date(1985, 3, 5)), ("", date(1985, 3, 5)), None),
    ],
)
def test_likely_the_same_person(
    one: tuple[str, date | int | None], other: tuple[str, date | int | None], reason: str | None
) -> None:
    assert find_same_reason(Identity(*one), Identity(*other)) == reason
    assert find_same_reason(Identity(*other), Identity(*one)) == reason


@given(st.text())
def test_a_search_key_is_its_own_key_and_plain(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key
    assert key == " ".join(key.split()) == key.casefold()


@given(st.text())
def test_composed_and_decomposed_text_have_one_key_each(text: str) -> None:
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert search_key(composed) == search_key(decomposed)
    assert sort_key(composed) == sort_key(decomposed)
    assert tidy_name(composed) == tidy_name(decomposed)


@given(st.text())
def test_tidying_twice_is_tidying_once_and_loses_nothing_that_is_searched(text: str) -> None:
    tidied = tidy_name(text)
    assert tidy_name(tidied) == tidied
    assert tidied.encode("utf-8").decode("utf-8") == tidied
    assert search_key(tidied) == search_key(text)


@given(st.text())
def test_sort_keys_are_plain_signs_that_every_database_orders_alike(text: str) -> None:
    assert set(sort_key(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789")


@given(vietnamese_names)
def test_every_name_is_found_by_each_of_its_words_and_by_their_beginnings(name: str) -> None:
    for word in search_key(name).split():
        assert matches_query(word, search_key(name))
        assert matches_query(word[:1], search_key(name))


@given(vietnamese_names, st.integers(1, 4), birth_dates)
def test_a_name_with_one_of_its_last_letters_left_out_is_still_likely_the_same(
    name: str, at: int, born: date
) -> None:
    name += " Thương"
    assert (
        find_same_reason(Identity(name, born), Identity(name[:-at] + name[len(name) - at + 1 :], born))
        is not None
    )


@given(vietnamese_names, vietnamese_names, birth_dates, birth_dates)
def test_likeness_does_not_depend_on_who_is_named_first(
    one: str, other: str, born: date, born_other: date
) -> None:
    pair = Identity(one, born), Identity(other, born_other)
    assert find_same_reason(*pair) == find_same_reason(*reversed(pair))
