from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pkm.share.strip import Unreadable, stripped
from pkm.share.svg import cleaned_svg
from tests.share.samples import PICTURES, gif, jpeg, png, svg, webp

RASTER = ["png", "jpg", "gif", "webp"]


@pytest.mark.parametrize("kind", RASTER)
def test_a_picture_forgets_what_the_camera_knew(kind: str) -> None:
    talking = PICTURES[kind]("zq-at-home")
    assert b"zq-at-home" in talking

    clean, *_ = stripped(f"p.{kind}", talking)

    assert b"zq" not in clean
    assert zlib.compress(b"zq-at-home") not in clean
    assert b"xmp" not in clean.lower()


@pytest.mark.parametrize("kind", RASTER)
def test_a_silent_picture_stays_bit_by_bit(kind: str) -> None:
    silent = PICTURES[kind]()

    assert stripped(f"p.{kind}", silent)[0] == silent


@pytest.mark.parametrize("kind", RASTER)
def test_cleaning_twice_is_cleaning_once(kind: str) -> None:
    once = stripped(f"p.{kind}", PICTURES[kind]("words"))[0]

    assert stripped(f"p.{kind}", once)[0] == once


def test_width_and_height_are_read() -> None:
    assert stripped("p.png", png(width=7, height=5))[1:] == (7, 5)
    assert stripped("p.gif", gif())[1:] == (3, 2)
    assert stripped("p.webp", webp())[1:] == (5, 3)
    assert stripped("p.jpg", jpeg())[1:] == (5, 3)


def test_how_a_photo_is_to_be_turned_is_kept() -> None:
    clean, width, height = stripped("p.jpg", jpeg("words"))

    assert b"Exif\0\0" in clean
    assert (width, height) == (3, 5)  # turned by a quarter


def test_colours_keep_their_profile() -> None:
    assert b"ICC_PROFILE" in stripped("p.jpg", jpeg("words"))[0]


def test_a_thumbnail_in_the_head_of_a_photo_goes() -> None:
    thumbnail = b"JFIF\0\x01\x01\0\0\x01\0\x01\x04\x04" + b"zq" * 24
    data = jpeg()
    data = data[:2] + b"\xff\xe0" + struct.pack(">H", len(thumbnail) + 2) + thumbnail + data[20:]

    assert b"zq" not in stripped("p.jpg", data)[0]


def test_what_hangs_behind_a_picture_goes() -> None:
    for kind in ("png", "jpg", "gif"):
        assert stripped(f"p.{kind}", PICTURES[kind]() + b"PK\3\4zq")[0] == stripped(f"p.{kind}", PICTURES[kind]())[0]


@pytest.mark.parametrize("kind", [*RASTER, "jpeg"])
@pytest.mark.parametrize(
    "data", [b"", b"zq", b"\x89PNG\r\n\x1a\nzq", b"\xff\xd8zq", b"GIF89azq", b"RIFF\0\0\0\0WEBPzq"]
)
def test_what_is_no_picture_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(Unreadable):
        stripped(f"p.{kind}", data)


@given(st.sampled_from(RASTER), st.data())
def test_a_torn_picture_is_cleaned_or_refused(kind: str, data: st.DataObject) -> None:
    whole = PICTURES[kind]("words")
    at = data.draw(st.integers(0, len(whole) - 1))
    torn = data.draw(st.sampled_from([whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]]))

    try:
        clean = stripped(f"p.{kind}", torn)[0]
    except Unreadable:
        return
    assert stripped(f"p.{kind}", clean)[0] == clean


# --- Drawings.


def test_a_drawing_only_draws() -> None:
    clean, width, height = cleaned_svg(svg("zq"))

    assert b"zq" not in clean
    assert b"circle" in clean
    assert (width, height) == (20, 10)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<circle onload="alert(1)"/>',
        '<use href="https://zq.example/a.svg#x"/>',
        '<use xmlns:x="http://www.w3.org/1999/xlink" x:href="data:image/svg+xml;base64,AAAA"/>',
        '<style>@import "https://zq.example"</style>',
        '<rect style="fill:url(https://zq.example)"/>',
        '<rect fill="url(https://zq.example#x)"/>',
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://zq.example"/>',
        "<foreignObject><img/></foreignObject>",
        '<image href="https://zq.example/p.png"/>',
        "<?xml-stylesheet href='https://zq.example'?>",
        '<rect data-x="zq" inkscape:label="/home/zq" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"/>',
    ],
)
def test_a_drawing_does_nothing_and_fetches_nothing(inside: str) -> None:
    clean = cleaned_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{inside}</svg>'.encode())[0].lower()

    for word in (b"zq", b"script", b"onload", b"data:", b"import", b"animate", b"set", b"iframe", b"foreignobject"):
        assert word not in clean


def test_a_drawing_keeps_its_own_gradients() -> None:
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><defs><linearGradient id="g"/></defs><rect fill="url(#g)"/></svg>'
    )

    assert b"url(#g)" in cleaned_svg(drawing)[0]


def test_a_drawing_keeps_the_colours_of_its_style_sheet() -> None:
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg"><style>.st0{fill:#c00}.st1{fill:url(https://zq.example)}</style>'
        b'<circle class="st0"/><rect class="st1"/></svg>'
    )
    clean = cleaned_svg(drawing)[0]

    assert b'circle fill="#c00"' in clean
    assert b"st0" not in clean
    assert b"zq" not in clean


@pytest.mark.parametrize(
    ("measures", "found"),
    [
        ('width="20" height="10"', (20, 10)),
        ('width="20px" height="10.5px"', (20, 10)),
        ('width="100%" viewBox="0 0 300.4 150"', (300, 150)),
        ('viewBox="-5,-5,30,40"', (30, 40)),
        ("", (0, 0)),
    ],
)
def test_a_drawing_is_as_large_as_it_says_or_as_what_it_shows(measures: str, found: tuple[int, int]) -> None:
    clean, *size = cleaned_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {measures}/>'.encode())

    assert tuple(size) == found
    assert cleaned_svg(clean) == (clean, *found)


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE svg [<!ENTITY a "zq">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE svg [<!ENTITY % a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g>" * 400 + b"</g>" * 400 + b"</svg>",
        b"<svg>no namespace</svg>",
        b"<html/>",
        b"no xml",
        b"",
    ],
    ids=["entity", "outside entity", "deep", "no namespace", "html", "text", "empty"],
)
def test_what_is_no_plain_drawing_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        cleaned_svg(data)
