"""What checks say, in English and Vietnamese."""

from __future__ import annotations

from dcops.audit.said import Said
from dcops.audit.words import Words

LINE = Words("line", "dòng")

TEXTS: dict[str, Words] = {
    # what is wrong
    "missing": Words("`{expected}` is missing", "thiếu `{expected}`"),
    "negated": Words("`{seen}` stands in the place of `{expected}`", "`{seen}` thay vì `{expected}`"),
    "forbidden": Words("`{seen}` must not be there", "không được có `{seen}`"),
    "default is unsafe": Words(
        "`{expected}` is missing, and without it the device does the opposite",
        "thiếu `{expected}`; nếu không có dòng này thiết bị làm ngược lại",
    ),
    "none of": Words("none of these is there: {expected}", "không có mục nào trong số: {expected}"),
    "out of order": Words("`{seen}` stands before `{expected}`", "`{seen}` đứng trước `{expected}`"),
    "count": Words("{seen} found, {expected} expected", "tìm thấy {seen}, cần {expected}"),
    "value": Words("`{seen}`, expected: {expected}", "`{seen}`, cần: {expected}"),
    "default value": Words(
        "not set, so the device takes {seen}; expected: {expected}",
        "không đặt nên thiết bị dùng {seen}; cần: {expected}",
    ),
    "no value": Words("nothing is set, expected: {expected}", "chưa đặt, cần: {expected}"),
    "found": Words("{seen} must not be there", "không được có {seen}"),
    "not found": Words("nothing at {expected}", "không có gì tại {expected}"),
    "weak": Words("a well-known word is the secret in `{seen}`", "bí mật trong `{seen}` là từ ai cũng biết"),
    "lacks": Words("{seen} has no {expected}", "{seen} không có {expected}"),
    "shadowed": Words(
        "{seen} is never asked: {expected} before it takes all of its traffic",
        "{seen} không bao giờ được xét: {expected} đứng trước đã khớp hết lưu lượng",
    ),
    "ended": Words("{seen} ended on {expected}", "{seen} đã hết hạn ngày {expected}"),
    "no end": Words("{seen} does not say until when", "{seen} không ghi hạn dùng"),
    "older": Words("{seen} is older than {expected}", "{seen} cũ hơn {expected}"),
    "as said": Words("{seen}", "{seen}"),
    "more": Words("and more of the same: only the first {seen} are told", "và còn nữa: chỉ nêu {seen} mục đầu"),
    # accounts, servers, software
    "not approved": Words(
        "account `{seen}` is not on the approved list", "tài khoản `{seen}` không có trong danh sách được duyệt"
    ),
    "approval ended": Words(
        "the approval of account {seen} ended on {expected}", "phê duyệt tài khoản {seen} đã hết hạn ngày {expected}"
    ),
    "account missing": Words(
        "account `{seen}` is approved for {expected} and is not there",
        "tài khoản `{seen}` được duyệt cho {expected} nhưng không có trên thiết bị",
    ),
    "too mighty": Words(
        "account `{seen}` has full rights, approved are {expected} ones",
        "tài khoản `{seen}` có toàn quyền, chỉ được duyệt quyền {expected}",
    ),
    "no password": Words("account `{seen}` has no password", "tài khoản `{seen}` không có mật khẩu"),
    "never used": Words("account `{seen}` never logged in", "tài khoản `{seen}` chưa từng đăng nhập"),
    "unused": Words(
        "last login {seen} days ago, {expected} are allowed",
        "đăng nhập lần cuối {seen} ngày trước, cho phép {expected}",
    ),
    "waits": Words("{seen} waits to be installed", "chưa cài bản vá {seen}"),
    "affected": Words("{seen}, fixed in {expected}", "{seen}, đã sửa trong {expected}"),
    "support ended": Words("support ended on {seen}", "hết hỗ trợ từ ngày {seen}"),
    "support ends": Words("support ends on {seen}, in {expected} days", "hết hỗ trợ ngày {seen}, còn {expected} ngày"),
    # it is well
    "holds": Words("holds", "đạt"),
    "holds in": Words("holds in {seen} places", "đạt tại {seen} nơi"),
    # it is not for this device
    "other platform": Words(
        "the rule is for {expected}, the device is {seen}", "luật dành cho {expected}, thiết bị là {seen}"
    ),
    "not for": Words("{expected} is {seen}", "{expected} là {seen}"),
    "not when": Words("it does not hold {expected}", "không có {expected}"),
    "not when present": Words("it holds {expected}", "có {expected}"),
    "all left out": Words("all {seen} are left out by the rule", "cả {seen} đều được luật bỏ qua"),
    "no block": Words("there is no {expected}", "không có {expected}"),
    # it could not be checked
    "fact unknown": Words("the {expected} of the device is not known", "chưa biết {expected} của thiết bị"),
    "no source": Words("nothing was captured as {expected}", "chưa thu được {expected}"),
    "source problem": Words("{expected}: {seen}", "{expected}: {seen}"),
    "stale": Words("{expected} is {seen} old", "{expected} đã cũ {seen}"),
    "from the future": Words(
        "{expected} was taken in the future: {seen}", "{expected} mang thời gian tương lai: {seen}"
    ),
    "unreadable": Words("{expected} cannot be read: {seen}", "không đọc được {expected}: {seen}"),
    "too few blocks": Words(
        "{seen} blocks match {expected}: is the expression right?",
        "{seen} khối khớp {expected}: biểu thức có đúng không?",
    ),
    "pushed": Words(
        "Panorama pushes rules and settings that are not in it",
        "Panorama đẩy xuống luật và thiết lập không có trong nguồn này",
    ),
    "defined elsewhere": Words("{expected} is not defined in it", "{expected} không được định nghĩa trong nguồn này"),
    "no untrusted zone": Words(
        "none of its zones is known as untrusted: {seen}", "không biết vùng nào là vùng ngoài: {seen}"
    ),
    "no file": Words(
        "the account of dcops may not read {expected}, or it is not there",
        "tài khoản của dcops không được đọc {expected}, hoặc tệp không có",
    ),
    "list is old": Words(
        "the lists of packages are {seen} days old, {expected} are allowed: newer updates are not known",
        "danh mục gói đã cũ {seen} ngày, cho phép {expected}: không biết bản vá mới hơn",
    ),
    "no release": Words("`{seen}` is no release of {expected}", "`{seen}` không phải là phiên bản của {expected}"),
    "no build": Words(
        "whether {expected} is in {seen} hangs on its build, which nobody told",
        "{expected} có trong {seen} hay không tuỳ số build, mà chưa biết số đó",
    ),
    "example file": Words(
        "compliance/advisories.yaml is the example that ships: what it does not name may be there",
        "compliance/advisories.yaml là tệp ví dụ đi kèm: lỗ hổng không nêu vẫn có thể có",
    ),
    "not covered": Words(
        "the advisory file does not cover {expected}", "tệp cảnh báo lỗ hổng không bao gồm {expected}"
    ),
    "old advisories": Words(
        "the advisory file is of {seen}, {expected} days are allowed: newer weaknesses are not known",
        "tệp cảnh báo lập ngày {seen}, cho phép {expected} ngày: không biết lỗ hổng mới hơn",
    ),
    "no number": Words("`{seen}` is no number", "`{seen}` không phải là số"),
    "no address": Words("`{seen}` is no address", "`{seen}` không phải là địa chỉ"),
    "told nothing": Words("the source could not tell {expected}", "nguồn không cho biết {expected}"),
    "weak unknown": Words(
        "the secrets were not compared with well-known words", "chưa so bí mật với các từ ai cũng biết"
    ),
    "matching failed": Words("an expression gave up on a line of it", "biểu thức không xử lý được một dòng"),
    "xpath failed": Words("the XPath {expected} gave up: {seen}", "XPath {expected} không chạy được: {seen}"),
    "check failed": Words("the check itself failed ({seen}): a mistake of ours", "chính phép kiểm lỗi ({seen})"),
}


def say(said: Said, language: str = "en") -> str:
    """The sentence."""
    text = TEXTS[said.key].of(language).format(expected=said.expected, seen=said.seen)
    return f"{LINE.of(language)} {said.line}: {text}" if said.line else text
