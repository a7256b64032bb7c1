"""Invented Vietnamese names, put together at random; nobody in particular is meant."""

from __future__ import annotations

from random import Random

_FAMILY = (
    "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng", "Vũ",
    "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Phan", "Đinh", "Lương", "Tạ", "Chu", "Trịnh",
)  # fmt: skip
_MIDDLE = {
    "woman": ("Thị", "Thị", "Thị", "Thu", "Ngọc", "Minh", "Thanh", "Phương", "Kim", "Hồng"),
    "man": ("Văn", "Văn", "Đức", "Quang", "Minh", "Xuân", "Hữu", "Tuấn", "Công", "Quốc"),
}
_GIVEN = {
    "woman": (
        "Anh", "Hà", "Hương", "Lan", "Linh", "Mai", "Nga", "Ngân", "Oanh", "Phượng", "Quỳnh",
        "Thảo", "Thủy", "Trang", "Tuyết", "Vân", "Yến", "Hiền", "Hạnh", "Dung",
    ),
    "man": (
        "Bình", "Cường", "Dũng", "Đạt", "Giang", "Hải", "Hùng", "Khánh", "Long", "Nam", "Phong",
        "Quân", "Sơn", "Thắng", "Tiến", "Toàn", "Trung", "Tú", "Việt", "Hiếu",
    ),
}  # fmt: skip


def person_name(rng: Random) -> str:
    """Family, middle and given name."""
    sex = "woman" if rng.random() < 0.5 else "man"
    return f"{_pick(rng, _FAMILY)} {_pick(rng, _MIDDLE[sex])} {_pick(rng, _GIVEN[sex])}"


def person_names(rng: Random, count: int) -> list[str]:
    """That many different names."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[person_name(rng)] = None
    return list(names)


def _pick(rng: Random, among: tuple[str, ...]) -> str:
    return among[int(rng.random() * len(among))]
