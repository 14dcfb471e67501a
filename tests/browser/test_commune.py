"""A commune officer's day: what is stalled in the commune, an act, the village's register, a secretary's
phone.
"""

from tests.browser.conftest import Opens, Served, each_way
from tests.browser.reader import Reader, Screen
from workflow.accounts.cleanup import list_accounts
from workflow.cases.views.case_view import load_case_view
from workflow.register.views.people import find_people
from workflow.register.views.posts import list_posts

OFFICER, SECRETARY, VILLAGE = "canbo.hai-luu", "bithu.ben-mo", "hai-luu/thon-ben-mo"
CASE, HEAD = "KEXQDWWT", "Triệu Thị Nhài"
PASSWORD = "bến nước đầu làng"  # noqa: S105 - of nobody


def verifier(served: Served) -> str:
    """Somebody of the sample who may verify."""
    people = find_people(served.office, "Dương Thị Thanh Thơm")
    return str(people[0].name)


@each_way
def test_from_what_is_stalled_to_the_act_that_is_missing(
    reader: Opens, served: Served, screen: Screen, scripts: bool
) -> None:
    who = reader(OFFICER, screen, scripts=scripts)
    who.press_link("Bảng theo dõi")
    stalled = who.page.locator("ol.stalled").first
    assert "50 ngày" in stalled.inner_text()
    stalled.get_by_role("link", name=HEAD).click()
    assert "Thẩm tra lý lịch" in who.text
    who.press_link("Kết luận thẩm tra rõ ràng")
    assert "✗ Đã gửi 2 công văn thẩm tra, mới có 1 trả lời" in who.text.replace("Chưa đạt: ", "")
    who.awaited.add(422)
    who.page.locator("summary", has_text="Ghi thêm").click()
    who.fill(on="09/08/2022", verifier=verifier(served), places_asked="2", places_answered="một")
    who.page.locator('[name="unanswered_because"][value="no_answer"]').check()
    who.page.locator('[name="verification_outcome"][value="clear"]').check()
    who.send()
    assert who.page.locator("#fault-report_no-1").is_visible()
    assert who.page.locator('[name="places_answered"]').input_value() == "một"
    who.fill(report_no="7-BC", places_answered="1")
    who.send()
    assert "Đã ghi: Kết luận thẩm tra rõ ràng" in who.text
    assert load_case_view(served.office, CASE, "vi").state.id == "opinions"


@each_way
def test_the_register_of_a_village_is_kept(
    reader: Opens, served: Served, screen: Screen, scripts: bool
) -> None:
    who = reader(OFFICER, screen, scripts=scripts)
    who.press_link("Thôn, xã, cán bộ")
    who.press_link("Thôn Bến Mơ")
    who.press_link("Ghi buổi sinh hoạt mở rộng")
    who.fill(on="08/08/2022")
    who.page.locator('[name="came"][value="no"]').check()
    who.send()
    assert "08/08/2022 Triệu Thị Nhài không" in who.text
    who.press_link("Ghi phương án cho chức danh")
    assert "Kết nạp người đang giữ chức" in who.text
    who.go(f"/register/unit/{VILLAGE}")
    who.press_link("Người đang giữ chức thôi giữ")
    who.fill(on="08/08/2022")
    who.send()
    post = next(one for one in list_posts(served.office, unit=VILLAGE) if one.unit.id == VILLAGE)
    assert post.holder is None


@each_way
def test_what_a_paper_file_lacks_is_ticked_and_named_from_then_on(
    reader: Opens, served: Served, screen: Screen, scripts: bool
) -> None:
    who = reader(OFFICER, screen, scripts=scripts)
    who.go("/register/enter/add_person/")
    who.fill(name="Hà Văn Giấy", born="02/09/1980")
    who.page.locator('[name="education_met"][value="yes"]').check()
    who.send()
    (person,) = [one.id for one in find_people(served.office, "Hà Văn Giấy")]
    who.go(f"/register/enter/adopt/{person}?pipeline=admission&state=decision")
    who.page.locator('[name="unit"]').select_option(VILLAGE)
    who.fill(on="01/07/2022", branch_resolution_on="15/03/2022", resolution_no="03-NQ/CB")
    who.awaited.add(422)
    who.send()
    assert who.page.locator("#fault-application_dated-1").is_visible()
    who.fill(committee_resolution_on="20/04/2022")
    papers = ("application_dated", "cv_declared_on", "verification", "opinions")
    for name in (*papers, "candidate", "branch_vote", "committee_vote"):
        who.page.locator(f'[name="unseen"][value="{name}"]').check()
    who.send()
    assert "Xét, quyết định kết nạp" in who.text
    assert "hồ sơ giấy không có" in who.text


def test_a_forgotten_password_is_mended_by_a_link_on_the_secretarys_own_phone(
    reader: Opens, served: Served
) -> None:
    officer = reader(OFFICER, Screen.DESK)
    officer.press_link("Quản trị")
    officer.press_link("Đào Ngọc Bách")
    officer.page.get_by_role("button", name="Tạo đường dẫn đặt mật khẩu").click()
    officer.page.wait_for_load_state()
    address = officer.page.locator("section.next code").inner_text()
    assert officer.page.locator("section.next .qr svg").is_visible()
    officer.page.reload()
    assert officer.page.locator("section.next").count() == 0, "shown once"

    phone = reader(None, Screen.PHONE)
    phone.page.goto(address)
    phone.fill(password=PASSWORD, again=PASSWORD)
    phone.send()
    assert "Việc của tôi" in phone.text
    phone.page.get_by_role("button", name="Thoát").click()
    phone.page.wait_for_url("**/sign-in")
    sign_in(phone, SECRETARY, PASSWORD)
    assert "Việc của tôi" in phone.text
    assert list_accounts(served.office)
    phone.awaited.add(404)
    phone.page.goto(address)
    assert "không còn dùng được" in phone.text

    officer.page.reload()
    officer.page.locator('#sessions button[value="end_session"]').click()
    officer.page.wait_for_load_state()
    phone.go("/")
    assert "/sign-in" in phone.page.url


def sign_in(who: Reader, user: str, password: str) -> None:
    who.fill(user=user, password=password)
    who.page.locator('form[action="/sign-in"] button.main').click()
    who.page.wait_for_load_state()


def test_what_is_stalled_is_reached_by_keyboard_alone(reader: Opens) -> None:
    who = reader(OFFICER, Screen.DESK)
    who.go("/board")
    keys = who.page.keyboard
    for _ in range(80):
        keys.press("Tab")
        if who.page.evaluate("document.activeElement.textContent") == HEAD:
            break
    keys.press("Enter")
    who.page.wait_for_url(f"**/case/{CASE}")
    assert HEAD in who.text
