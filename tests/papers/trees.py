"""Papers as a branch writes them, and papers that somebody made to do harm."""

from workflow.dossier.render.document import PaperTree, Paragraph, Run
from workflow.dossier.render.parse_xml import parse_paper

LONG = "Đẳngdài" * 43

RESOLUTION = parse_paper("""
<paper title="Nghị quyết đề nghị kết nạp đảng viên: Nguyễn Thị Ánh Tuyết">
  <letterhead>
    <above>ĐẢNG BỘ XÃ TÂN THÀNH</above><organ>CHI BỘ THÔN ĐỒNG TIẾN</organ><number>Số 05-NQ/CB</number>
    <placed>Tân Thành, ngày 05 tháng 02 năm 2026</placed>
  </letterhead>
  <title><kind>NGHỊ QUYẾT</kind><subject>đề nghị kết nạp đảng viên</subject></title>
  <p>- Căn cứ Điều lệ Đảng Cộng sản Việt Nam;</p>
  <p>- Căn cứ Hướng dẫn số <b>05-HD/VPTW</b> ngày 27/5/2026 về thể thức và kỹ thuật trình bày văn bản của Đảng;</p>
  <p>Ngày 05/02/2026, Chi bộ thôn Đồng Tiến đã họp để xem xét, đề nghị kết nạp quần chúng
     <b>Nguyễn Thị Ánh Tuyết</b> vào Đảng. Tổng số đảng viên của Chi bộ: 15 đồng chí, trong đó chính thức 12 đồng chí,
     dự bị 03 đồng chí. Sau khi thảo luận, Chi bộ thống nhất kết luận như sau:</p>
  <point mark="1.">Những ưu điểm, khuyết điểm chính: có <i>bản lĩnh chính trị</i> vững vàng, chấp hành tốt đường lối
     của Đảng, chính sách, pháp luật của Nhà nước; được nhân dân trong thôn tín nhiệm.</point>
  <point mark="2.">Kết quả biểu quyết:</point>
  <table widths="1 6 3 3">
    <head><cell align="center">TT</cell><cell align="center">Nội dung biểu quyết</cell>
      <cell align="center">Tán thành</cell><cell align="center">Không tán thành</cell></head>
    <row><cell align="center">1</cell><cell>Quần chúng Nguyễn Thị Ánh Tuyết đủ tiêu chuẩn và điều kiện kết nạp</cell>
      <cell align="center">12</cell><cell align="center">0</cell></row>
    <row><cell align="center">2</cell><cell align="justify">Đề nghị Đảng ủy xã Tân Thành xem xét, kết nạp</cell>
      <cell align="center">12</cell><cell align="center">0</cell></row>
    <row><cell span="2"><b>Tỷ lệ tán thành</b></cell>
      <cell align="center">100%</cell><cell align="center">0%</cell></row>
  </table>
  <p>Chi bộ đề nghị Đảng ủy xã Tân Thành xem xét, quyết định kết nạp quần chúng Nguyễn Thị Ánh Tuyết vào Đảng
     Cộng sản Việt Nam.</p>
  <signatures>
    <recipient>- Đảng ủy xã Tân Thành (để báo cáo),</recipient><recipient>- Lưu Chi bộ.</recipient>
    <signed behalf="T/M CHI BỘ" post="BÍ THƯ" name="Trần Văn Hùng"/>
  </signatures>
</paper>
""")

APPLICATION = parse_paper("""
<paper title="Đơn xin vào Đảng">
  <letterhead><code>Mẫu 1-KNĐ</code></letterhead>
  <title><kind>ĐƠN XIN VÀO ĐẢNG</kind></title>
  <p align="left" indent="no">Kính gửi: Chi ủy <blank/></p>
  <p align="left" indent="no">Đảng ủy <blank/></p>
  <p align="left">Tôi là: <b>Lê Hoàng Phước</b>, sinh ngày <blank mm="12"/> tháng <blank mm="12"/> năm <blank/></p>
  <p align="left">Nơi sinh: <blank/><br/>Dân tộc: <blank mm="40"/> Tôn giáo: <blank/></p>
  <p>Qua quá trình học tập, rèn luyện, tôi tự nhận thức về Đảng và xin trình bày như sau:</p>
  <lines count="11"/>
  <p>Tôi làm đơn này xin được gia nhập Đảng Cộng sản Việt Nam.</p>
  <p align="right" keep="yes"><i>Tân Thành, ngày <blank mm="10"/> tháng <blank mm="10"/> năm 2026</i></p>
  <signatures><signed post="NGƯỜI LÀM ĐƠN" note="(Ký, ghi rõ họ tên)" name="Lê Hoàng Phước"/></signatures>
</paper>
""")

MINUTES = parse_paper(
    """
<paper title="Biên bản họp chi bộ">
  <letterhead>
    <above>ĐẢNG BỘ TỈNH THỪA THIÊN HUẾ</above><above>ĐẢNG ỦY XÃ PHÚ VANG NGỌC ANH TÂN MỸ HẠ</above>
    <organ>CHI BỘ TRƯỜNG TIỂU HỌC VÀ TRUNG HỌC CƠ SỞ PHÚ DƯƠNG NGỌC ANH</organ>
    <number>Số 12-BB/CB</number>
    <placed>Phú Vang, ngày <blank mm="8"/> tháng <blank mm="8"/> năm 2026</placed>
  </letterhead>
  <title><kind>BIÊN BẢN</kind><subject>họp chi bộ xét kết nạp quần chúng vào Đảng</subject></title>
"""
    + "".join(
        f"<p>Ý kiến thứ {number}: đồng chí <b>Phan Thị Mỹ Hạnh</b> phát biểu rằng quần chúng <u>Hồ Đắc Quýnh</u> luôn"
        " gương mẫu, tích cực tham gia các phong trào của thôn, giữ gìn đoàn kết, được bà con tin yêu, quý mến;"
        " đề nghị Chi bộ xem xét.</p>"
        for number in range(1, 19)
    )
    + '<table widths="1 5 4"><head><cell>TT</cell><cell>Họ và tên</cell><cell>Ý kiến</cell></head>'
    + "".join(
        f'<row><cell align="center">{number}</cell><cell>Nguyễn Văn Khuê {number}</cell><cell>Đồng ý</cell></row>'
        for number in range(1, 31)
    )
    + """</table>
  <p>Cuộc họp kết thúc vào hồi 16 giờ 30 phút cùng ngày.</p>
  <signatures>
    <signed post="THƯ KÝ" name="Võ Thị Bích Ngọc"/><signed post="CHỦ TRÌ" name="Trần Đình Quỳ"/>
  </signatures>
</paper>
"""
)

LETTER = parse_paper("""
<paper title="Công văn xin ý kiến nơi cư trú" landscape="no">
  <letterhead><above>ĐẢNG BỘ XÃ TÂN THÀNH</above><organ>CHI BỘ THÔN ĐỒNG TIẾN</organ><number>Số 02-CV/CB</number>
    <subject>Xin ý kiến nhận xét của chi ủy nơi cư trú đối với người xin vào Đảng</subject>
    <placed>Tân Thành, ngày 12 tháng 3 năm 2026</placed></letterhead>
  <p align="center"><u>Kính gửi</u>: Chi ủy thôn Hòa Bình</p>
  <p>Chi bộ thôn Đồng Tiến đề nghị Chi ủy cho ý kiến nhận xét.</p>
  <table widths="1 1" ruled="no"><row><cell>Bên trái</cell><cell align="right">Bên phải</cell></row></table>
  <pagebreak/>
  <p>Trang sau.</p>
  <signatures><recipient>- Như trên,</recipient><signed behalf="T/M CHI BỘ" post="PHÓ BÍ THƯ" name=""/></signatures>
</paper>
""")

LIST = parse_paper(
    '<paper title="Danh sách" landscape="yes"><title rule="no"><kind>DANH SÁCH</kind></title>'
    '<table widths="1 8 8 4 4">'
    + "".join(
        f"<row><cell>{number}</cell><cell>Đặng Thị Quỳnh Như</cell><cell>Thôn {number}</cell>"
        '<cell span="2">Ghi chú</cell></row>'
        for number in range(40)
    )
    + "</table></paper>"
)

PAPERS = {
    "resolution": RESOLUTION,
    "application": APPLICATION,
    "minutes": MINUTES,
    "letter": LETTER,
    "list": LIST,
}

HOSTILE = (
    "{{ x }}",
    "{% raw %}",
    "#panic()",
    "$x^2$",
    "<b>not bold</b>",
    "- not a point",
    "= not a head",
    "+ one",
    "/ a: b",
    "*star*",
    "_low_",
    "back\\slash \\u{41}",
    "// no comment /* here */",
    "@nobody <label>",
    '"text"; more',
    "`code`",
    "[square] ~ --- ...",
    "https://example.com",
    "&amp; &#65;",
    "'quoted'",
    "]]>",
    "%PDF",
    "tab\\t",
    "${HOME}",
)


def said(*texts: str) -> PaperTree:
    """A paper that says these texts, one a paragraph."""
    return PaperTree("Thử", tuple(Paragraph((Run(text),)) for text in texts))
