"""Pictures without what the camera knew: place, time, name, device, thumbnails of what was cropped.

Nothing is encoded again: the file's segments are walked, those that carry words are left out, the
picture itself stays as it was, bit by bit. What cannot be walked is not published.
"""

from __future__ import annotations

import struct

# PNG chunks that make the picture; all others (tEXt, zTXt, iTXt, eXIf, tIME, …) speak about it.
_PNG = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"bKGD", b"pHYs",
     b"acTL", b"fcTL", b"fdAT", b"cICP")
)  # fmt: skip
_WEBP = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"))


class Unreadable(Exception):
    """The file is not what its name says, so it cannot be cleaned."""


def stripped(name: str, data: bytes) -> tuple[bytes, int, int]:
    """Return a picture without its metadata, with width and height (0 when unknown). Raises `Unreadable`."""
    suffix = name.rpartition(".")[2].lower()
    strip = {"png": _png, "jpg": _jpeg, "jpeg": _jpeg, "gif": _gif, "webp": _webp}.get(suffix)
    if strip is None:
        return data, 0, 0
    try:
        return strip(data)
    except (IndexError, struct.error, ValueError):
        raise Unreadable(f"not a whole {suffix.upper()} picture") from None


def _png(data: bytes) -> tuple[bytes, int, int]:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack(">II", data[16:24])
    kept, at = [data[:8]], 8
    while at < len(data):
        length = struct.unpack(">I", data[at : at + 4])[0]
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise ValueError
        if kind in _PNG:
            kept.append(data[at:end])
        at = end
        if kind == b"IEND":
            break  # what hangs behind the picture is no part of it
    else:
        raise ValueError
    return b"".join(kept), width, height


def _jpeg(data: bytes) -> tuple[bytes, int, int]:
    if data[:2] != b"\xff\xd8":
        raise ValueError
    kept, at, width, height, turn = [data[:2]], 2, 0, 0, 1
    while True:
        if data[at] != 0xFF:
            raise ValueError
        while data[at + 1] == 0xFF:
            at += 1
        mark = data[at + 1]
        if mark == 0xDA:
            return _jpeg_end(kept, data, at, width, height, turn)
        if mark == 0xD9:
            raise ValueError
        end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if end > len(data):
            raise ValueError
        segment = data[at:end]
        if 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", segment[5:9])
        if mark == 0xE1 and segment[4:10] == b"Exif\0\0":
            turn = _orientation(segment[10:]) or turn
        # APP0 is the format, APP2 may be the colour profile, APP14 says how colours are meant; all others talk.
        keep = not (0xE0 <= mark <= 0xEF or mark == 0xFE) or mark == 0xEE
        keep = keep or (mark == 0xE0 and segment[4:8] == b"JFIF") or (mark == 0xE2 and segment[4:15] == b"ICC_PROFILE")
        if keep:
            kept.append(segment[:16] + b"\0\0" if mark == 0xE0 and len(segment) > 18 else segment)
            if kept[-1] is not segment:
                kept[-1] = b"\xff\xe0\x00\x10" + segment[4:16] + b"\0\0"  # a JFIF thumbnail may show what was cut off
        at = end


def _jpeg_end(kept: list[bytes], data: bytes, at: int, width: int, height: int, turn: int) -> tuple[bytes, int, int]:
    end = data.rfind(b"\xff\xd9")
    if end < at:
        end = len(data)
    # A second picture (a depth map, a preview) may follow the first: cut after the first end mark outside entropy data.
    scan = at
    while (found := data.find(b"\xff", scan)) >= 0 and found + 1 < len(data):
        mark = data[found + 1]
        if mark == 0xD9:
            end = found
            break
        if mark in {0, 0xFF} or 0xD0 <= mark <= 0xD7:
            scan = found + (1 if mark == 0xFF else 2)
        elif mark in {0xDA, 0xC4, 0xDB, 0xDD} and found + 4 <= len(data):
            scan = found + 2 + struct.unpack(">H", data[found + 2 : found + 4])[0]
        elif found + 4 <= len(data):  # a segment that talks, between two scans: nothing honest puts it there
            raise ValueError
        else:
            break
    if turn != 1:
        kept.insert(1, _turned(turn))
    if turn > 4:
        width, height = height, width
    return b"".join(kept) + data[at : end + 2], width, height


def _orientation(tiff: bytes) -> int:
    """Return how the picture is to be turned (1 to 8), 0 when it does not say: the one thing worth keeping."""
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        start = struct.unpack(order + "I", tiff[4:8])[0]
        for n in range(min(200, struct.unpack(order + "H", tiff[start : start + 2])[0])):
            at = start + 2 + n * 12
            tag, kind = struct.unpack(order + "HH", tiff[at : at + 4])
            if tag == 0x0112 and kind == 3:
                value = int(struct.unpack(order + "H", tiff[at + 8 : at + 10])[0])
                return value if 1 <= value <= 8 else 0
    except struct.error:
        pass
    return 0


def _turned(value: int) -> bytes:
    tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">H", value) + b"\0\0" + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def _gif(data: bytes) -> tuple[bytes, int, int]:
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        raise ValueError
    width, height = struct.unpack("<HH", data[6:10])
    at = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    kept = [data[:at]]
    while True:
        start, mark = at, data[at]
        if mark == 0x3B:
            kept.append(b";")
            return b"".join(kept), width, height
        if mark == 0x2C:
            at += 10 + (3 << ((data[at + 9] & 7) + 1) if data[at + 9] & 0x80 else 0) + 1
            keep = True
        elif mark == 0x21:
            label = data[at + 1]
            keep = label == 0xF9 or (label == 0xFF and data[at + 3 : at + 14] in {b"NETSCAPE2.0", b"ANIMEXTS1.0"})
            at += 2
        else:
            raise ValueError
        while data[at]:
            at += data[at] + 1
        at += 1
        if keep:
            kept.append(data[start:at])


def _webp(data: bytes) -> tuple[bytes, int, int]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError
    kept, at, width, height = [], 12, 0, 0
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])[0]
        end = at + 8 + length + (length & 1)
        if at + 8 + length > len(data):
            raise ValueError
        body = data[at + 8 : at + 8 + length]
        if kind == b"VP8X":
            width = 1 + int.from_bytes(body[4:7], "little")
            height = 1 + int.from_bytes(body[7:10], "little")
            body = bytes([body[0] & ~0x0C]) + body[1:]  # there is no EXIF and no XMP any more
        elif kind == b"VP8 " and not width:
            width, height = (value & 0x3FFF for value in struct.unpack("<HH", body[6:10]))
        elif kind == b"VP8L" and not width:
            bits = int.from_bytes(body[1:5], "little")
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if kind in _WEBP:
            kept.append(kind + struct.pack("<I", length) + body + b"\0" * (length & 1))
        at = end
    content = b"WEBP" + b"".join(kept)
    if not kept:
        raise ValueError
    return b"RIFF" + struct.pack("<I", len(content)) + content, width, height
