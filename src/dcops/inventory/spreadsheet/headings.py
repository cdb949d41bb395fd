"""What a column means, from its heading in English or Vietnamese, and where the row of headings is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcops.errors import UsageError
from dcops.inventory.secrecy import secret_key
from dcops.inventory.spreadsheet.letters import plain
from dcops.inventory.spreadsheet.read import Row
from dcops.inventory.words import did_you_mean

IGNORE = "ignore"

# Written as `plain` gives them. One heading means one field; the field may be of several columns (notes).
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": (
        "name", "device", "device name", "hostname", "host name", "host", "asset name", "ten", "ten thiet bi",
        "ten may", "ten may chu", "thiet bi", "ten thiet bi mang", "ma thiet bi",
    ),
    "address": (
        "ip", "ip address", "address", "management ip", "mgmt ip", "management address", "ipv4", "ipv4 address",
        "ipv6", "ipv6 address", "dia chi ip", "dia chi", "dia chi ip quan tri", "ip quan tri", "dia chi quan tri",
        "dia chi ipv4", "dia chi ipv6", "ip quan ly", "dia chi ip quan ly", "dia chi quan ly",
    ),
    "port": ("tcp port", "ssh port", "management port", "cong quan tri", "cong quan ly"),
    "vendor": (
        "vendor", "brand", "manufacturer", "make", "maker", "hang", "hang san xuat", "nha san xuat", "hang sx",
        "nhan hieu", "thuong hieu",
    ),
    "model": (
        "model", "product", "part number", "type/model", "dong may", "chung loai", "chung loai/model",
        "model/chung loai", "kieu may", "ma san pham", "ma hieu", "dong thiet bi", "chung loai thiet bi",
        "model thiet bi",
    ),
    "vendor_model": (
        "vendor/model", "vendor model", "make/model", "hang/model", "hang model", "hang/chung loai", "hang - model",
        "hang san xuat/model", "nhan hieu/model",
    ),
    "role": (
        "role", "function", "type", "device type", "category", "kind", "vai tro", "chuc nang", "loai", "loai thiet bi",
        "nhom thiet bi",
    ),
    "platform": ("platform", "driver", "nen tang"),
    "serial": (
        "serial", "serial number", "serial no", "s/n", "sn", "service tag", "so serial", "so seri", "seri", "so may",
        "so se ri", "so hieu",
    ),
    "software": (
        "software", "software version", "version", "os", "os version", "firmware", "firmware version", "phien ban",
        "phien ban phan mem", "phan mem", "he dieu hanh", "phien ban firmware", "phien ban he dieu hanh",
        "phien ban os",
    ),
    "site": (
        "site", "location/site", "data centre", "data center", "datacenter", "dc", "trung tam", "trung tam du lieu",
        "dia diem", "noi dat", "co so", "diem",
    ),
    "place": (
        "location", "position", "rack/u", "rack position", "rack unit", "rack - u", "vi tri", "vi tri lap dat",
        "vi tri dat",
        "vi tri rack", "tu/u", "rack/unit", "tu rack/u", "vi tri tu",
    ),
    "rack": ("rack", "cabinet", "tu", "tu rack", "tu mang", "so tu", "ten tu", "ten rack", "rack name"),
    "unit": ("u", "unit", "ru", "rack u", "vi tri u", "so u", "u bat dau", "start u", "u position"),
    "height": ("height", "size u", "u height", "height u", "so luong u", "chieu cao", "chieu cao u", "kich thuoc u"),
    "owner": (
        "owner", "department", "managed by", "responsible", "don vi", "don vi quan ly", "don vi su dung", "chu quan",
        "chu so huu", "bo phan quan ly", "phong ban", "don vi chu quan", "co quan",
    ),
    "criticality": (
        "criticality", "importance", "priority", "muc do quan trong", "do quan trong", "muc quan trong", "uu tien",
    ),
    "level": ("security level", "level", "cap do", "cap do an toan", "cap do attt", "cap do an toan thong tin"),
    "service_groups": ("service", "services", "service group", "service groups", "dich vu", "nhom dich vu", "he thong"),
    "tags": ("tag", "tags", "label", "labels", "nhan"),
    "credential": ("credential", "credential name", "ten tai khoan luu tru"),
    "vcenter": ("vcenter", "vcenter server", "vmware vcenter", "thuoc vcenter", "may chu vcenter"),
    "end_of_sale": ("end of sale", "eos", "eosale", "ngay ngung ban", "ngay dung ban", "het ban"),
    "end_of_support": (
        "end of support", "end of life", "eol", "eosupport", "support until", "support end", "ngay het ho tro",
        "het ho tro", "han ho tro", "ngay ket thuc ho tro", "thoi han ho tro", "het han ho tro",
    ),
    "foreign": ("foreign", "third party", "cua don vi khac", "thiet bi cua don vi khac"),
    "notes": (
        "note", "notes", "remark", "remarks", "comment", "comments", "description", "ghi chu", "mo ta", "chu thich",
        "muc dich su dung",
        "dien giai",
    ),
    IGNORE: ("stt", "no", "no.", "#", "tt", "so thu tu", "so tt", "id", "index"),
}  # fmt: skip

FIELDS = tuple(field for field in HEADINGS)
_FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in headings}
_SECRET = re.compile(
    r"\b(?:mat khau|mk|pass(?:word|wd|phrase)?|pwd|secret|community|psk|token|enable|(?:api|private|pre-?shared) ?key|"
    r"khoa bi mat|ma bi mat|snmp string|credentials?)\b"
)
_ABOUT_IT = re.compile(r"\((?P<inner>[^()]*)\)")
_HEADINGS_WITHIN = 30
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet."""

    index: int
    heading: str
    field: str | None
    """What it becomes; None when nobody knows."""
    mapped: bool = False
    """Somebody said so on the command line."""
    secret: bool = False
    """It looks like passwords: nothing of it is looked at."""

    @property
    def letter(self) -> str:
        """As the spreadsheet program calls it: `A`, `B`, … `AA`."""
        letters, number = "", self.index + 1
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return letters


@dataclass(frozen=True, slots=True)
class Head:
    """The headings of a sheet and the rows below them."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    row: int
    """The number of the row of headings."""


def field_of(heading: str) -> str | None:
    """The field that a heading means; None when it is not known."""
    words = plain(heading).rstrip(":*").strip()
    for form in (words, _ABOUT_IT.sub(" ", words), *(match["inner"] for match in _ABOUT_IT.finditer(words))):
        tidy = re.sub(r"\s*/\s*", "/", " ".join(form.replace("-", " - ").split()))
        for variant in (tidy, tidy.replace(" - ", "-"), tidy.replace(" - ", " "), tidy.replace("/", " ")):
            if variant.strip() in _FIELD_OF:
                return _FIELD_OF[variant.strip()]
    return None


def looks_secret(heading: str) -> bool:
    """A heading under which people write passwords."""
    words = plain(heading)
    # `credential` names a login and is a field of ours; `credentials` and `user/password` are logins themselves.
    if words in HEADINGS["credential"]:
        return False
    return bool(_SECRET.search(words)) or secret_key(words.replace(" ", "_"))


def mapping(pairs: Sequence[str]) -> dict[str, str]:
    """`HEADING=field` from the command line; raises UsageError for what is none."""
    found = {}
    for pair in pairs:
        heading, equals, field = pair.rpartition("=")
        if not equals or not heading.strip():
            raise UsageError(f"--map takes HEADING=field, not {pair!r}", next_step='For example: --map "Vị trí=rack"')
        if field not in FIELDS:
            raise UsageError(f"there is no field {field!r} to map to", next_step=_known(field))
        if looks_secret(heading) and field != IGNORE:
            raise UsageError(
                f"the column {heading.strip()!r} looks like passwords, and passwords are never imported",
                next_step="Give logins to a credential provider and name the credential: dcops secrets check",
            )
        found[plain(heading)] = field
    return found


def _known(field: str) -> str:
    hint = did_you_mean(field, FIELDS)
    return f"{hint[:1].upper()}{hint[1:]}" if hint else f"There are: {', '.join(FIELDS)}"


def understood(rows: Sequence[Row], mapped: Mapping[str, str]) -> int:
    """How many columns of the best row of headings mean something: tells a right reading of a file from a wrong one."""
    return max((_score(row, mapped) for row in rows[:_HEADINGS_WITHIN]), default=0)


def find(rows: Sequence[Row], mapped: Mapping[str, str]) -> Head | None:
    """The headings of the sheet; None when no row has two headings that are known."""
    scores = [(_score(row, mapped), -place, row) for place, row in enumerate(rows[:_HEADINGS_WITHIN])]
    best = max(scores, key=lambda one: one[:2], default=None)
    if best is None or best[0] < _FEWEST:
        return None
    place, row = -best[1], best[2]
    below = rows[place + 1] if place + 1 < len(rows) else None
    under = below if below and _is_second(row, below, mapped) else None
    headings = list(row.cells)
    if under:
        headings += [""] * (len(under.cells) - len(headings))
        headings = [under.cell(index) or heading for index, heading in enumerate(headings)]
    columns = tuple(_column(index, heading, mapped) for index, heading in enumerate(headings))
    return Head(columns, tuple(rows[place + (2 if under else 1) :]), row.number)


def _score(row: Row, mapped: Mapping[str, str]) -> int:
    fields = {_meaning(cell, mapped) for cell in row.cells if cell}
    return len(fields - {None, IGNORE})


def _meaning(heading: str, mapped: Mapping[str, str]) -> str | None:
    return mapped.get(plain(heading)) or field_of(heading)


def _is_second(row: Row, below: Row, mapped: Mapping[str, str]) -> bool:
    """Merged headings have a second row of them: `Vị trí` above `Tủ` and `U`."""
    cells = [cell for cell in below.cells if cell]
    gaps = any(below.cell(index) and not row.cell(index) for index in range(len(below.cells)))
    return gaps and all(_meaning(cell, mapped) is not None or looks_secret(cell) for cell in cells)


def _column(index: int, heading: str, mapped: Mapping[str, str]) -> Column:
    if chosen := mapped.get(plain(heading)):
        return Column(index, heading, chosen, mapped=True)
    if looks_secret(heading):
        return Column(index, heading, None, secret=True)
    return Column(index, heading, field_of(heading))
