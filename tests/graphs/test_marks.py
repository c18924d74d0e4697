"""Results are told apart without colour: in a grayscale print and by people who see fewer colours, and by sign and border besides."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations, pairwise

import pytest
from PIL import Image

from zeren.graphs.diagrams import parts, style
from zeren.graphs.render import picture

#: What a person without red, green or blue cones sees (Machado, Oliveira, Fernandes 2009, severity 1.0), and a grayscale print.
SEEN = {
    "灰度": (0.2126, 0.7152, 0.0722) * 3,
    "红色盲": (0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998),
    "绿色盲": (0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881),
    "蓝色盲": (1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900),
}
MARKS = [style.MARKS[word] for word in ("未履职", "部分履职", "待核查", "已履职")]


def footer(mark: style.Mark) -> Image.Image:
    """The picture of a card with ``mark``."""
    graph = parts.digraph("t", "题")
    parts.node(graph, "甲", parts.card(style.ROLES["政府"], "岗位", ["说明"], mark))
    return Image.open(BytesIO(picture(graph.source, "png").data)).convert("RGB")


def most(image: Image.Image, seen: str) -> tuple[float, float, float]:
    """The commonest colour in the footer of the card as it is seen, in linear light."""
    left, bottom = 60, image.height - 45
    strip = image.crop((left, bottom, left + 40, bottom + 12))
    colours = sorted(strip.getcolors(10_000) or [], key=lambda found: -found[0])
    light = [linear(value) for value in colours[0][1]]
    row = SEEN[seen]
    return tuple(sum(row[3 * at + one] * light[one] for one in range(3)) for at in range(3))  # type: ignore[return-value]


def linear(value: float) -> float:
    part = value / 255
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def luminance(colour: tuple[float, float, float]) -> float:
    return 0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]


@pytest.mark.parametrize("seen", SEEN)
def test_fills_differ_in_luminance(seen: str) -> None:
    found = sorted(luminance(most(footer(mark), seen)) for mark in MARKS)
    steps = [(high + 0.05) / (low + 0.05) for low, high in pairwise(found)]
    assert all(step >= 1.15 for step in steps), found
    assert steps[0] >= 2.5  # a breach stands out at once


def test_signs_and_borders_differ_too() -> None:
    for one, other in combinations(MARKS, 2):
        assert one.sign != other.sign
        assert (one.style, one.width) != (other.style, other.width)


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.word)
def test_words_can_be_read_on_their_fill(mark: style.Mark) -> None:
    assert contrast(mark.text, mark.fill) >= 4.5


@pytest.mark.parametrize("role", style.ROLES.values(), ids=lambda role: role.name)
def test_badges_can_be_read(role: style.Role) -> None:
    assert contrast(style.PAPER, role.colour) >= 4.5
    assert contrast(style.INK, role.fill) >= 4.5


def test_relations_differ_without_colour() -> None:
    looks = {(one.style, one.head, one.width, ":" in one.colour) for one in style.RELATIONS.values()}
    assert len(looks) == len(style.RELATIONS)


def test_roles_have_badges_of_their_own() -> None:
    assert len({role.badge for role in style.ROLES.values()}) == len(style.ROLES)


def contrast(one: str, other: str) -> float:
    first, second = sorted(luminance(rgb(colour)) for colour in (one, other))
    return (second + 0.05) / (first + 0.05)


def rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (linear(int(colour[at:at + 2], 16)) for at in (1, 3, 5))
    return red, green, blue
