"""The columns a file of dossiers can have: our names, the official ones, and how each is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops_center.i18n import fold
from ops_center.intake import values
from ops_center.intake.fault import Fault

Read = Callable[[str], Any]
MOMENT = "moment"
"""Stands for the reader of times, which needs to know the zone."""


@dataclass(frozen=True)
class Column:
    """One thing a file can tell. `read` makes a value of a cell; `also`: other names, any case."""

    name: str
    read: Read | str
    also: tuple[str, ...] = ()


CHANNELS = {
    "1": "in_person", "in_person": "in_person", "in person": "in_person", "truc tiep": "in_person",
    "2": "online", "online": "online", "truc tuyen": "online",
    "3": "post", "post": "post", "buu chinh": "post", "buu chinh cong ich": "post",
    "buu dien": "post", "qua buu chinh": "post",
}  # fmt: skip

LEVELS = {
    "partial": "partial", "mot phan": "partial", "3": "partial",
    "end_to_end": "end_to_end", "toan trinh": "end_to_end", "4": "end_to_end",
}  # fmt: skip

PAYMENTS = {
    "online": "online", "truc tuyen": "online",
    "cash": "cash", "tien mat": "cash",
    "transfer": "transfer", "chuyen khoan": "transfer",
}  # fmt: skip

STATUSES = {
    "moi dang ky": "1", "duoc tiep nhan": "2", "da tiep nhan": "2", "khong duoc tiep nhan": "3",
    "tu choi tiep nhan": "3", "dang xu ly": "4", "yeu cau bo sung giay to": "5", "cho bo sung": "5",
    "yeu cau thuc hien nghia vu tai chinh": "6", "cong dan yeu cau rut ho so": "7", "da rut": "7",
    "dung xu ly": "8", "da xu ly xong": "9", "da tra ket qua": "10",
} | {str(code): str(code) for code in range(1, 11)}  # fmt: skip

CODE_LENGTH, NAME_LENGTH, NOTE_LENGTH = 100, 300, 4000

_status = values.choice(STATUSES, "1–10")
_code, _name, _note = (values.words(most) for most in (CODE_LENGTH, NAME_LENGTH, NOTE_LENGTH))


def _rating(text: str) -> int:
    rating = values.number(text, most=5)
    if rating == 0:
        raise Fault("rating", value=text)
    return rating


FACT_COLUMNS = (
    Column("code", _code, ("MaHoSo", "Mã hồ sơ", "Số hồ sơ")),
    Column("procedure", _name, ("MaTTHC", "Mã TTHC", "Mã thủ tục", "procedure_id", "TenTTHC")),
    Column("hub", _name, ("NoiNopHoSo", "Nơi nộp hồ sơ", "Nơi nộp", "Điểm tiếp nhận", "hub_id")),
    Column("ward", _name, ("ward_id", "MaPhuong")),
    Column(
        "channel",
        values.choice(CHANNELS, "1 / in_person, 2 / online, 3 / post"),
        ("KenhThucHien", "Kênh thực hiện", "Hình thức nộp"),
    ),
    Column(
        "level",
        values.choice(LEVELS, "partial / một phần, end_to_end / toàn trình"),
        ("MucDo", "Mức độ", "Mức độ dịch vụ"),
    ),
    Column("status", lambda text: int(_status(text)), ("TrangThaiHoSoId", "Trạng thái")),
    Column("submitted_at", MOMENT, ("NgayNopHoSo", "Ngày nộp hồ sơ", "Ngày nộp")),
    Column("received_at", MOMENT, ("NgayTiepNhan", "Ngày tiếp nhận")),
    Column("due_at", MOMENT, ("NgayHenTra", "Ngày hẹn trả", "due_on", "Hạn trả")),
    Column("processed_at", MOMENT, ("NgayKetThucXuLy", "Ngày kết thúc xử lý", "Ngày xử lý xong")),
    Column("returned_at", MOMENT, ("NgayTra", "Ngày trả", "Ngày trả kết quả")),
    Column("stopped_at", MOMENT, ("Ngày dừng xử lý",)),
    Column("withdrawn_at", MOMENT, ("Ngày rút hồ sơ", "Ngày rút")),
    Column("supplement_count", values.number, ("Số lần bổ sung",)),
    Column("fee", values.number, ("Lệ phí", "Phí, lệ phí", "Phí")),
    Column(
        "payment",
        values.choice(PAYMENTS, "online, cash / tiền mặt, transfer / chuyển khoản"),
        ("Hình thức thanh toán",),
    ),
    Column("paid_online", values.flag, ("DuocThanhToanTrucTuyen", "Thanh toán trực tuyến")),
    Column("result_electronic", values.flag, ("Kết quả điện tử",)),
    Column("components_digitised", values.flag, ("HoSoCoThanhPhanSoHoa", "Số hóa thành phần")),
    Column("data_reused", values.flag, ("Tái sử dụng dữ liệu",)),
    Column("population_data_used", values.flag, ("TaiKhoanDuocXacThucVoiVNeID",)),
    Column("complained", values.flag, ("Có phản ánh", "Phản ánh kiến nghị")),
    Column("rating", _rating, ("Đánh giá", "Mức hài lòng")),
    Column("official", _name, ("Cán bộ xử lý", "Cán bộ", "Người xử lý")),
    Column("applicant", _name, ("Người nộp", "Người nộp hồ sơ", "Chủ hồ sơ")),
)

WAIT_COLUMNS = (
    Column("supplement_from", MOMENT, ("Ngày yêu cầu bổ sung",)),
    Column("supplement_to", MOMENT, ("Ngày bổ sung",)),
    Column("payment_from", MOMENT, ("Ngày yêu cầu nộp tiền",)),
    Column("payment_to", MOMENT, ("Ngày nộp tiền",)),
)

EVENT_COLUMNS = (
    Column("event_at", MOMENT),
    Column("event_kind", _name),
    Column("event_key", _name),
    Column("event_status", lambda text: int(_status(text))),
    Column("event_actor", _name),
    Column("event_note", _note),
)

COLUMNS = {column.name: column for column in (*FACT_COLUMNS, *WAIT_COLUMNS, *EVENT_COLUMNS)}


def _bare(name: str) -> str:
    """A header as it is compared: no case, accents, spaces, points or dashes."""
    return "".join(mark for mark in fold(name) if mark.isalnum())


_KNOWN = {
    _bare(name): column.name for column in COLUMNS.values() for name in (column.name, *column.also)
}


def recognised(header: str) -> str | None:
    """Our name of a column with this header; None when it is none we know."""
    return _KNOWN.get(_bare(header))
