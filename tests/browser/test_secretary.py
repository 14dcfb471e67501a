"""A branch secretary's day on a phone, with and without scripts, and at a desk."""

import io
from pathlib import Path

from PIL import Image

from tests.browser.conftest import Opens, Served, each_way
from tests.browser.reader import Screen
from workflow.accounts.one_time_links import create_link
from workflow.accounts.sessions import end_sessions
from workflow.cases.views.case_view import load_case_view
from workflow.cases.views.history import load_history

CASE, SECRETARY, OFFICER = "K9AFNC5B", "bithu.ao-truc", "canbo.quang-yen"
PASSWORD = "đường về thôn Ao Trúc"  # noqa: S105 - of nobody


def helper(served: Served) -> str:
    return str(load_case_view(served.office, "K3YKJBMF", "vi").helpers[0].name)


@each_way
def test_from_the_work_list_to_the_next_step(
    reader: Opens, served: Served, screen: Screen, scripts: bool
) -> None:
    who = reader(SECRETARY, screen, scripts=scripts)
    assert "Việc tiếp theo: Đưa vào nguồn" in who.text
    who.page.get_by_role("link", name="Lưu Văn Khải").click()
    assert "Trong danh sách rà soát" in who.text
    who.page.get_by_role("link", name="Đưa vào nguồn và phân công giúp đỡ").first.click()
    who.awaited.add(422)
    who.fill(on="31/02/2022", helpers=helper(served))
    who.send()
    assert who.page.locator("#fault-on-1").is_visible()
    assert who.page.locator('[name="helpers"]').first.input_value() == helper(served)
    who.fill(on="8/8/2022", resolution_no="03-NQ/CB")
    who.send()
    assert "Đã ghi: Đưa vào nguồn và phân công giúp đỡ" in who.text
    assert who.page.locator("ol.way li.now").inner_text().startswith("Quần chúng ưu tú")
    assert load_history(served.office, CASE, "vi")[-1].typed == SECRETARY


def test_by_keyboard_alone(reader: Opens, served: Served) -> None:
    who = reader(SECRETARY, Screen.DESK)
    who.go(f"/case/{CASE}/do/nominate")
    keys = who.page.keyboard
    typed = {"on": "08/08/2022", "resolution_no": "03-NQ/CB", "helpers": helper(served)}
    for _ in range(60):
        keys.press("Tab")
        name = who.page.evaluate("document.activeElement.name || document.activeElement.className")
        if name in typed:
            keys.type(typed.pop(name))
        elif name == "main" and not typed:
            break
    keys.press("Enter")
    who.page.wait_for_url("**/case/K9AFNC5B?done=*")
    assert load_case_view(served.office, CASE, "vi").state.id == "nominated"


def test_what_is_half_typed_survives_a_lost_line_and_goes_when_sent(reader: Opens, served: Served) -> None:
    who = reader(SECRETARY)
    path = f"/case/{CASE}/do/suspend"
    who.go(path)
    who.fill(on="09/08/2022", reason="đi làm xa", review_on="01/12/2022")
    who.context.set_offline(True)
    who.page.locator("main form button.main").click()
    who.page.wait_for_timeout(300)
    who.context.set_offline(False)
    who.go(path)
    assert who.page.locator('[name="reason"]').input_value() == "đi làm xa"
    assert who.page.locator('[name="review_on"]').input_value() == "01/12/2022"
    who.send()
    assert "Tạm dừng" in who.text
    kept = who.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('kept:'))")
    assert kept == []
    assert len(load_history(served.office, CASE, "vi")) == 2


def test_a_double_tap_records_once(reader: Opens, served: Served) -> None:
    who = reader(SECRETARY)
    who.go(f"/case/{CASE}/do/suspend")
    who.fill(on="09/08/2022", reason="đi làm xa", review_on="01/12/2022")
    who.page.locator("main form button.main").dblclick()
    who.page.wait_for_url("**done=*")
    assert len(load_history(served.office, CASE, "vi")) == 2


def test_a_session_that_ends_while_typing_gives_everything_back(reader: Opens, served: Served) -> None:
    who = reader()
    link = create_link(served.office, SECRETARY, "vanphong.huyen", "first")
    who.go(f"/link/{link}")
    who.fill(password=PASSWORD, again=PASSWORD)
    who.send()
    who.go(f"/case/{CASE}/do/suspend")
    who.fill(on="09/08/2022", reason="đi làm xa", review_on="01/12/2022")
    end_sessions(served.office, SECRETARY)
    who.awaited.add(401)
    who.send()
    assert "Những gì vừa gõ vẫn được giữ" in who.text
    who.fill(user=SECRETARY, password=PASSWORD)
    who.page.locator('form[action="/sign-in"] button.main').click()
    who.page.wait_for_url("**/do/suspend")
    assert who.page.locator('[name="reason"]').input_value() == "đi làm xa"
    who.send()
    assert load_case_view(served.office, CASE, "vi").state.id == "suspended"


def test_two_at_one_case_the_second_is_told_kindly(reader: Opens, served: Served) -> None:
    one, other = reader(SECRETARY), reader(OFFICER, Screen.DESK)
    one.go(f"/case/{CASE}/do/suspend")
    one.fill(on="09/08/2022", reason="đi làm xa", review_on="01/12/2022")
    other.go(f"/case/{CASE}/do/nominate")
    assert "Việc này của ai làm" in other.text
    other.fill(on="08/08/2022", resolution_no="03-NQ/CB", helpers=helper(served))
    other.page.locator('select[name="by"]').select_option(SECRETARY)
    other.send()
    assert "Đã ghi" in other.text
    one.awaited.add(409)
    one.send()
    assert "người khác đã ghi thêm" in one.text
    assert one.page.locator('[name="reason"]').input_value() == "đi làm xa"
    one.send()
    assert load_case_view(served.office, CASE, "vi").state.id == "suspended"


def test_a_signed_paper_comes_as_a_photo_and_a_paper_goes_out_as_pdf(reader: Opens, tmp_path: Path) -> None:
    held = io.BytesIO()
    Image.new("RGB", (1200, 1700), "white").save(held, "JPEG")
    (tmp_path / "ảnh.jpg").write_bytes(held.getvalue())
    who = reader("canbo.hai-luu")
    who.go("/case/KEXQDWWT/receive/CN-NTVĐ")
    who.fill(on="08/08/2022", dated="14/01/2022")
    who.page.locator('input[type="file"]').set_input_files(tmp_path / "ảnh.jpg")
    who.send()
    assert "Đã ghi nhận giấy tờ" in who.text
    with who.page.expect_download() as download:
        who.page.locator('a[href$="/paper/1-KNĐ.pdf"]').first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


SMALL = """() => { document.querySelectorAll("details").forEach((one) => one.open = true);
return [...document.querySelectorAll("main a, main summary, main button, .me a")].filter((one) => one.offsetParent
&& one.getBoundingClientRect().height < 32).map((one) => one.textContent); }"""


def test_on_a_phone_a_case_is_short_and_everything_in_it_large_enough_for_a_thumb(reader: Opens) -> None:
    who = reader(SECRETARY)
    who.go(f"/case/{CASE}")
    assert "Giấy tờ của các bước sau" in who.text
    later = who.page.get_by_text("Nghị quyết đề nghị kết nạp của chi bộ").first
    assert not later.is_visible()
    assert who.page.evaluate("document.documentElement.scrollHeight") < 3600
    assert who.page.evaluate(SMALL) == []
    assert later.is_visible()


def test_a_file_that_is_too_big_is_told_before_it_is_sent(reader: Opens, tmp_path: Path) -> None:
    with (tmp_path / "lớn.jpg").open("wb") as file:
        file.truncate(60_000_000)
    who = reader("canbo.hai-luu")
    who.go("/case/KEXQDWWT/receive/CN-NTVĐ")
    who.fill(on="08/08/2022", dated="14/01/2022")
    box = who.page.locator('input[type="file"]')
    box.set_input_files(tmp_path / "lớn.jpg")
    assert "25 MB" in str(box.evaluate("(box) => box.validationMessage"))


def test_correct_suspend_and_resume(reader: Opens, served: Served) -> None:
    who = reader("canbo.hai-luu", Screen.DESK)
    who.go("/case/KEXQDWWT/correct/2")
    who.fill(resolution_no="06-NQ/CB", reason="ghi nhầm số")
    who.page.locator('select[name="allowed_by"]').select_option("vanphong.huyen")
    who.send()
    assert "Đã ghi đính chính" in who.text
    who.go("/case/KEXQDWWT/do/suspend")
    who.fill(on="09/08/2022", reason="đi chữa bệnh", review_on="01/12/2022")
    who.send()
    who.go("/case/KEXQDWWT/do/resume")
    who.fill(on="09/08/2022")
    who.send()
    assert load_case_view(served.office, "KEXQDWWT", "vi").state.id == "verification"


def test_english_by_a_click_and_signing_out_leaves_nothing_behind(reader: Opens) -> None:
    who = reader(SECRETARY)
    who.page.get_by_role("button", name="English").click()
    assert "My work" in who.text
    who.go(f"/case/{CASE}/do/suspend")
    who.fill(reason="half typed")
    who.page.get_by_role("button", name="Sign out").click()
    who.page.wait_for_url("**/sign-in")
    assert who.page.evaluate("localStorage.length") == 0
    who.go(f"/case/{CASE}")
    assert "/sign-in" in who.page.url
