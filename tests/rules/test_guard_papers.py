"""Certificates, papers and their age, letters, consents, deadlines and the twelve months of probation."""

from datetime import date, timedelta

import pytest

from states.calendar.months import add_months
from states.vocabulary import Consent, FieldValue, Text
from tests.rules.scene import (
    ADMISSION,
    DAY_IN,
    codes,
    consent,
    day,
    deadline,
    edition,
    judged,
    refusing,
    said,
    warning,
)


@pytest.mark.parametrize("name", ADMISSION)
@pytest.mark.parametrize(
    ("days", "found"),
    [
        (0, []),  # sixty months to the day
        (-1, ["CLASS_CERT"]),  # a day more
        (30, []),
        (None, ["CLASS_CERT"]),  # no certificate on record
    ],
)
def test_a_certificate_of_exactly_sixty_months_is_still_good(
    name: str, days: int | None, found: list[str]
) -> None:
    """From 19/5/2026 the Secretariat's guide was not read: the sixty months are kept, and warn."""
    on = DAY_IN[name]
    issued = None if days is None else add_months(day(on), -60) + timedelta(days)
    known = {"certificate_issued_on": issued.isoformat() if issued else None}
    verdict = judged("branch_proposes", on, known=known)
    of_it = [reason for reason in verdict.reasons if reason.code == "CLASS_CERT"]
    assert [reason.code for reason in of_it] == found
    assert all(reason.effect == ("warn" if name == "2026-07" else "refuse") for reason in of_it)


@pytest.mark.parametrize(
    ("issued", "on", "refused"),
    [
        ("2016-08-31", "2021-08-31", []),
        ("2020-02-29", "2025-02-28", []),  # sixty months end on the last day of that February
        ("2020-02-29", "2025-03-01", ["CLASS_CERT"]),
    ],
)
def test_sixty_months_end_within_the_month(issued: str, on: str, refused: list[str]) -> None:
    assert refusing(judged("branch_proposes", on, known={"certificate_issued_on": issued})) == refused


def test_until_when_a_certificate_was_good_is_said() -> None:
    expired = judged("branch_proposes", "2022-02-15", known={"certificate_issued_on": "2017-02-14"})
    assert said(expired, "CLASS_CERT") == (
        "Giấy chứng nhận lớp nhận thức (cấp ngày 14/02/2017) hết giá trị từ sau ngày 14/02/2022; phải học lại lớp."
    )


def test_a_case_without_a_certificate_names_what_is_missing_and_who_can_supply_it() -> None:
    (reason,) = judged("branch_proposes", "2022-02-15", known={"certificate_issued_on": None}).reasons
    assert (reason.code, reason.answer, reason.fact) == ("CLASS_CERT", "unknown", "certificate_issued_on")
    assert reason.text == Text(
        "Chưa biết có đủ điều kiện hay không: trong hồ sơ chưa ghi ngày cấp giấy chứng nhận."
        " Nơi bổ sung: Chi bộ.",
        "It cannot be told whether the condition is met: certificate issued on is not on record."
        " To be supplied by: Branch.",
    )


@pytest.mark.parametrize("kind", ["certify", "accept_certificate", "send_for_verification"])
def test_before_the_branch_meets_an_expired_certificate_is_only_warned_of(kind: str) -> None:
    issued = {"certificate_issued_on": "2017-02-14"}
    typed = issued if kind != "send_for_verification" else {}
    verdict = judged(kind, "2022-02-15", typed, known={**issued, "class_started_on": None})
    assert (refusing(verdict), warning(verdict)) == ([], ["CLASS_CERT_SOON"])


@pytest.mark.parametrize(("started", "refused"), [("2021-10-01", []), ("2021-10-02", ["CLASS_AFTER_START"])])
def test_a_certificate_is_issued_on_or_after_the_day_the_class_began(
    started: str, refused: list[str]
) -> None:
    known = {"class_started_on": started}
    verdict = judged("certify", "2021-11-01", {"certificate_issued_on": "2021-10-01"}, known=known)
    assert refusing(verdict) == refused


@pytest.mark.parametrize(("written", "warned"), [("2021-11-12", []), ("2021-11-13", ["APPLICATION_FIRST"])])
def test_the_application_comes_before_the_cv(written: str, warned: list[str]) -> None:
    fields = {"application_dated": written, "cv_declared_on": "2021-11-12"}
    verdict = judged("send_for_verification", "2021-12-01", fields)
    assert (refusing(verdict), warning(verdict)) == ([], warned)


@pytest.mark.parametrize(
    ("stamped", "warned"),
    [("2021-12-01", []), ("2021-12-02", ["STAMP_BEFORE_SENDING"]), (None, ["STAMP_BEFORE_SENDING"])],
)
def test_the_cv_is_stamped_across_its_pages_before_it_is_sent(stamped: str | None, warned: list[str]) -> None:
    verdict = judged("send_for_verification", "2021-12-01", known={"cv_stamped_on": stamped})
    assert (refusing(verdict), warning(verdict)) == ([], warned)


@pytest.mark.parametrize(("dated", "stale"), [("2021-02-15", False), ("2021-02-14", True)])
def test_papers_older_than_twelve_months_are_redone_first(dated: str, stale: bool) -> None:
    opinions = judged("branch_proposes", "2022-02-15", known={"opinions_summarised_on": dated})
    assert refusing(opinions) == (["DOSSIER_12M"] if stale else [])
    by_the_union: dict[str, FieldValue] = {
        "route": "youth_union",
        "sponsors": ["bao"],
        "youth_resolution_no": "4-NQ",
    }
    known: dict[str, FieldValue] = {**by_the_union, "youth_resolution_on": dated}
    union = judged("branch_proposes", "2022-02-15", born="1995-01-01", known=known)
    assert refusing(union) == (["UNION_12M"] if stale else [])


@pytest.mark.parametrize("name", ADMISSION)
@pytest.mark.parametrize("field", ["application_dated", "cv_declared_on"])
def test_an_application_or_a_cv_of_two_years_ago_need_not_be_written_anew(name: str, field: str) -> None:
    known = {field: add_months(day(DAY_IN[name]), -24).isoformat()}
    assert "DOSSIER_12M" not in codes(judged("branch_proposes", DAY_IN[name], known=known))
    assert not {"1-KNĐ", "2-KNĐ"} & {code for code, one in edition(name).papers.items() if one.stale_months}


@pytest.mark.parametrize("code", ["3-KNĐ", "4-KNĐ", "5-KNĐ"])
def test_recommendations_grow_old_as_well(code: str) -> None:
    assert refusing(judged("branch_proposes", "2022-02-15", papers={code: "2021-02-14"})) == ["DOSSIER_12M"]
    assert refusing(judged("branch_proposes", "2022-02-15", papers={code: "2021-02-15"})) == []


def test_a_paper_of_which_no_date_is_known_hides_no_day_that_is() -> None:
    known = {"opinions_summarised_on": "2021-02-14"}
    verdict = judged("branch_proposes", "2022-02-15", known=known, papers={})
    assert refusing(verdict) == ["DOSSIER_12M"]


def test_every_stale_paper_is_named_with_its_date() -> None:
    known = {"opinions_summarised_on": "2020-12-31"}
    papers = {"3-KNĐ": "2021-01-01"}
    verdict = judged("branch_proposes", "2022-02-15", known=known, papers=papers)
    assert [reason.text.vi.split(",")[0] for reason in verdict.reasons] == [
        "Tổng hợp ý kiến nhận xét đề ngày 31/12/2020",
        "Giấy giới thiệu người vào Đảng đề ngày 01/01/2021",
    ]


@pytest.mark.parametrize(("leave", "warned"), [("2025-02-16", []), ("2025-02-15", ["DOSSIER_AGE"])])
def test_leave_given_more_than_twelve_months_ago_is_warned_of(leave: str, warned: list[str]) -> None:
    """No text says on which day a dossier is drawn up: the day of the leave may be it."""
    known = {"procedure_allowed_on": leave}
    verdict = judged("branch_proposes", "2026-02-16", known=known)
    assert (refusing(verdict), warning(verdict)) == ([], warned)


# --- letters of verification --------------------------------------------------------------------------------


def test_a_letter_number_is_used_once() -> None:
    letters = {"5-CV": "2021-12-02"}
    assert refusing(judged("send_verification_letter", "2021-12-05", letters=letters)) == ["LETTER_NEW"]
    assert (
        refusing(judged("send_verification_letter", "2021-12-05", {"letter_no": "6-CV"}, letters=letters))
        == []
    )


def test_a_letter_is_not_sent_before_the_case_itself() -> None:
    known = {"sent_for_verification_on": "2021-12-01"}
    assert refusing(judged("send_verification_letter", "2021-11-30", known=known)) == ["LETTER_AFTER_SENDING"]


@pytest.mark.parametrize(
    ("letter", "on", "answered", "refused"),
    [
        ("5-CV", "2021-12-20", frozenset(), []),
        ("5-CV", "2021-12-02", frozenset(), []),  # answered the day it was sent
        ("5-CV", "2021-12-01", frozenset(), ["LETTER_KNOWN"]),  # before it was sent
        ("5-CV", "2021-12-20", frozenset({"5-CV"}), ["LETTER_KNOWN"]),  # answered already
        ("9-CV", "2021-12-20", frozenset(), ["LETTER_KNOWN"]),  # never sent
    ],
)
def test_only_a_letter_that_was_sent_is_answered_and_only_once(
    letter: str, on: str, answered: frozenset[str], refused: list[str]
) -> None:
    verdict = judged(
        "verification_received", on, {"letter_no": letter}, letters={"5-CV": "2021-12-02"}, answered=answered
    )
    assert refusing(verdict) == refused


# --- the decision, its extension, the ceremony --------------------------------------------------------------


@pytest.mark.parametrize(
    ("resolved", "refused"), [("2022-04-01", []), ("2022-04-02", ["DECIDED_AFTER_COMMITTEE"])]
)
def test_the_decision_follows_the_resolution_of_the_committee(resolved: str, refused: list[str]) -> None:
    assert refusing(judged("decide", "2022-04-01", known={"committee_resolution_on": resolved})) == refused


@pytest.mark.parametrize(
    ("running", "extended", "found"),
    [
        (frozenset({"DEC_ADMIT"}), frozenset(), []),
        (frozenset({"DEC_ADMIT"}), frozenset({"DEC_ADMIT"}), ["EXTENSION_ONCE"]),
        (frozenset({"DEC_RECOG"}), frozenset({"DEC_ADMIT"}), []),  # the one that was extended has stopped
    ],
)
def test_a_running_deadline_is_extended_once(
    running: frozenset[str], extended: frozenset[str], found: list[str]
) -> None:
    for seen in ("2020-05-01", "2025-08-15"):  # the texts of 2016 and of July 2025 say it
        verdict = judged("extend_decision", seen, running=running, extended=extended)
        assert (refusing(verdict), warning(verdict)) == (found, [])
    unseen = judged("extend_decision", "2022-05-01", running=running, extended=extended)
    assert (refusing(unseen), warning(unseen)) == ([], [*found, "EXTENSION_UNSEEN"])
    since = judged("extend_decision", "2026-06-15", running=running, extended=extended)
    assert (refusing(since), warning(since)) == ([], found)


@pytest.mark.parametrize(("on", "refused"), [("2022-04-01", []), ("2022-03-31", ["RECEIVED_AFTER_DECISION"])])
def test_a_decision_is_received_on_or_after_its_day(on: str, refused: list[str]) -> None:
    assert refusing(judged("receive_decision", on, known={"decision_on": "2022-04-01"})) == refused


def test_a_decision_is_received_once() -> None:
    known = {"decision_on": "2022-04-01", "decision_received_on": "2022-04-05"}
    assert refusing(judged("receive_decision", "2022-04-10", known=known)) == ["RECEIVED_ONCE"]


RECEIVED = {"decision_on": "2022-12-15", "decision_received_on": "2022-12-20"}
"""Thirty working days on, over New Year and the whole of Tết, is Wednesday 8 February 2023."""


@pytest.mark.parametrize(
    ("on", "consents", "refused"),
    [
        ("2023-02-07", [], []),
        ("2023-02-08", [], []),  # working day 30
        ("2023-02-09", [], ["CEREMONY_LATE"]),  # working day 31
        ("2023-02-09", [consent("late_ceremony", "direct_superior", "2023-02-09")], []),
        ("2023-02-09", [consent("late_ceremony", "direct_superior", "2023-02-10")], ["CEREMONY_LATE"]),
        ("2023-02-09", [consent("over60", "direct_superior", "2023-02-01")], ["CEREMONY_LATE"]),
    ],
)
def test_the_ceremony_is_held_within_thirty_working_days_across_tet_or_with_a_consent(
    on: str, consents: list[Consent], refused: list[str]
) -> None:
    due = deadline("CEREMONY", RECEIVED, "2021-07")
    assert due == date(2023, 2, 8)
    verdict = judged(
        "hold_ceremony", on, known=RECEIVED, consents=tuple(consents), due_of={"CEREMONY": due}.get
    )
    assert refusing(verdict) == refused


def test_how_late_a_ceremony_is_said() -> None:
    verdict = judged("hold_ceremony", "2023-02-09", known=RECEIVED, due_of=lambda _: date(2023, 2, 8))
    assert said(verdict, "CEREMONY_LATE") == (
        "Lễ kết nạp ngày 09/02/2023 quá hạn 08/02/2023; phải báo cáo và được cấp ủy cấp trên trực tiếp đồng ý trước."
    )
    assert verdict.reasons[0].citation == Text("Quy định 24-QĐ/TW, 4.1", "Quy định 24-QĐ/TW, 4.1")


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("2016-07", "refuse"),
        ("2021-07", "refuse"),
        ("2025-01", "refuse"),
        ("2025-07", "refuse"),
        ("2025-09", "refuse"),
        ("2026-04", "warn"),  # carried on by continuity, no text was seen
        ("2026-07", "warn"),
    ],
)
def test_a_late_ceremony_refuses_only_where_the_text_was_seen(name: str, effect: str) -> None:
    known = {"decision_received_on": "2022-12-20"}
    verdict = judged(
        "hold_ceremony", "2023-02-09", under=name, known=known, due_of=lambda _: date(2023, 2, 8)
    )
    assert [(reason.code, reason.effect) for reason in verdict.reasons] == [("CEREMONY_LATE", effect)]


def test_until_2026_the_thirty_days_begin_with_the_receipt_then_with_the_decision_itself() -> None:
    days = {"decision_on": "2022-12-01", "decision_received_on": "2022-12-20"}
    for name in ADMISSION:
        started = "2022-12-01" if name == "2026-07" else "2022-12-20"
        alone = deadline("CEREMONY", {"decision_received_on": started}, "2021-07")
        assert deadline("CEREMONY", days, name) == alone, name


def test_while_nobody_recorded_the_receipt_it_cannot_be_told_whether_the_ceremony_is_late() -> None:
    known = {"decision_on": "2022-12-15"}
    verdict = judged("hold_ceremony", "2022-12-19", known=known, due_of=lambda _: None)
    assert (refusing(verdict), warning(verdict)) == (["CEREMONY_LATE"], ["DECISION_RECEIVED"])
    assert "chưa ghi ngày chi bộ nhận quyết định. Nơi bổ sung: Chi bộ." in said(verdict, "CEREMONY_LATE")


def test_a_ceremony_before_the_receipt_is_refused_and_without_one_warned_of() -> None:
    assert refusing(judged("hold_ceremony", "2022-12-19", known=RECEIVED)) == ["CEREMONY_AFTER_RECEIPT"]
    verdict = judged("hold_ceremony", "2022-12-19")
    assert (refusing(verdict), warning(verdict)) == ([], ["DECISION_RECEIVED"])


# --- probation ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ADMISSION)
@pytest.mark.parametrize(
    ("on", "opening", "resolving"),
    [
        ("2023-04-19", ["PROBATION_DONE"], ["PROBATION_DONE", "RECOG_AFTER_END"]),
        ("2023-04-20", [], ["RECOG_AFTER_END"]),  # the very day on which the twelve months end
        ("2023-04-21", [], []),
    ],
)
def test_recognition_waits_for_twelve_months_and_its_resolution_is_dated_after_them(
    name: str, on: str, opening: list[str], resolving: list[str]
) -> None:
    known = {"ceremony_on": "2022-04-20"}
    assert refusing(judged("open_recognition", on, under=name, known=known)) == opening
    assert refusing(judged("branch_recognises", on, under=name, known=known)) == resolving


RECOGNISING = [("branch_recognises", False), ("committee_recognises", True), ("recognise", False)]
"""The branch, a committee that decides itself, the standing committee."""


@pytest.mark.parametrize(("kind", "authorised"), RECOGNISING)
def test_nobody_is_recognised_while_the_day_of_the_ceremony_is_not_known(kind: str, authorised: bool) -> None:
    verdict = judged(kind, "2023-04-21", authorised=authorised, known={"ceremony_on": None})
    assert "PROBATION_DONE" in refusing(verdict)
    assert {(reason.answer, reason.fact) for reason in verdict.reasons} == {("unknown", "ceremony_on")}
    assert "chưa ghi ngày lễ kết nạp (ngày vào Đảng). Nơi bổ sung: Chi bộ." in said(verdict, "PROBATION_DONE")


@pytest.mark.parametrize(("kind", "authorised"), RECOGNISING)
def test_whoever_recognises_waits_until_probation_is_over(kind: str, authorised: bool) -> None:
    known = {"ceremony_on": "2022-04-20"}
    assert "PROBATION_DONE" in refusing(judged(kind, "2023-04-19", authorised=authorised, known=known))
    assert judged(kind, "2023-04-21", authorised=authorised, known=known).reasons == ()


def test_twelve_months_from_the_29th_of_february_end_on_the_28th() -> None:
    known = {"ceremony_on": "2024-02-29"}
    assert refusing(judged("open_recognition", "2025-02-27", known=known)) == ["PROBATION_DONE"]
    assert refusing(judged("branch_recognises", "2025-02-28", known=known)) == ["RECOG_AFTER_END"]
    assert refusing(judged("branch_recognises", "2025-03-01", known=known)) == []


@pytest.mark.parametrize(("decided", "warned"), [(None, []), ("2022-04-01", ["WITHDRAW_AFTER_DECISION"])])
def test_withdrawing_after_the_decision_is_unverified(decided: str | None, warned: list[str]) -> None:
    verdict = judged("withdraw", "2022-04-10", known={"decision_on": decided}, state="ceremony")
    assert (refusing(verdict), warning(verdict)) == ([], warned)
    assert all(reason.citation is None and not reason.verified for reason in verdict.reasons)


@pytest.mark.parametrize(("review", "refused"), [("2022-04-10", []), ("2022-04-09", ["REVIEW_AHEAD"])])
def test_a_suspended_case_is_reviewed_afterwards(review: str, refused: list[str]) -> None:
    assert refusing(judged("suspend", "2022-04-10", {"review_on": review}, state="opinions")) == refused
