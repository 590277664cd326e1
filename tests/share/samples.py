"""What the tests of the gate are given: notes in a line, pictures that talk, a vault to publish."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from pkm.config import load
from pkm.share.gate import Rules, Source, project
from pkm.share.publish import publish
from pkm.vault.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pkm.share.bundle import Bundle


def note(text: str = "", audience: str | None = "public", **keys: str) -> str:
    """A note as a file has it; the keys stand as they are given."""
    front = {"audience": audience, **keys} if audience else keys
    block = "".join(f"{key}: {value}\n" for key, value in front.items())
    return (f"---\n{block}---\n" if block else "") + text + "\n"


def let_through(notes: Mapping[str, str | bytes], files: Mapping[str, bytes] | None = None, **rules: object) -> Bundle:
    """What the gate makes of these notes and files."""
    sources = [Source(path, text if isinstance(text, bytes) else text.encode()) for path, text in notes.items()]
    files = files or {}
    return project(sources, sorted(files), files.__getitem__, Rules(**rules))  # type: ignore[arg-type]


def text_of(text: str, **more: str) -> str:
    """What is left of one public note's text, beside these other notes."""
    return (
        let_through({"one.md": note(text), **{f"{name}.md": other for name, other in more.items()}})
        .pages["one.md"]
        .text
    )


def findings(bundle: Bundle) -> list[str]:
    return [f"{found.path}:{found.line}: {found.message}" for found in bundle.findings]


def write_vault(
    root: Path, files: Mapping[str, str | bytes], settings: str = "", url: str = "https://lab.example"
) -> Path:
    """Put a vault on disk."""
    files = {"pkm.toml": f'[garden]\ntitle = "Lab"\nurl = "{url}"\n{settings}', **files}
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data if isinstance(data, bytes) else data.encode())
    return root


def site_of(vault: Path, out: Path) -> dict[str, bytes]:
    """Publish and return the site's files by name."""
    publish(Vault(str(vault)), load(str(vault)), str(out))
    return tree(out)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def differences(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


# --- Pictures that say more than they show.


def exif(words: str) -> bytes:
    """A block of EXIF with a description, and a picture that is to be turned."""
    text = words.encode() + b"\0"
    entries = b"\x01\x0e\0\x02" + struct.pack(">II", len(text), 38) + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
    return b"MM\0*\0\0\0\x08\0\x02" + entries + b"\0\0\0\0" + text


def png(words: str = "", width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    talk = b""
    if words:
        talk = chunk(b"tEXt", b"Comment\0" + words.encode()) + chunk(b"eXIf", exif(words))
        talk += chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + words.encode()) + chunk(
            b"tIME", b"\x07\xea\x0b\x14\x08\x1e\0"
        )
        talk += chunk(b"zTXt", b"Author\0\0" + zlib.compress(words.encode()))
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + talk + chunk(b"IDAT", rows) + chunk(b"IEND", b"") + words.encode()


_SCAN = bytes.fromhex("ffda0008010100003f00d2cf20ffd9")
_FRAME = bytes.fromhex("ffc0000b080003000501011100")


def jpeg(words: str = "") -> bytes:
    def segment(mark: int, data: bytes) -> bytes:
        return b"\xff" + bytes([mark]) + struct.pack(">H", len(data) + 2) + data

    said = words.encode()
    talk = b""
    if words:
        talk = segment(0xE1, b"Exif\0\0" + exif(words)) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + said)
        talk += segment(0xED, b"Photoshop 3.0\0" + said) + segment(0xFE, said)
    jfif = segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    colour = segment(0xE2, b"ICC_PROFILE\0\x01\x01profile")
    return b"\xff\xd8" + jfif + talk + colour + _FRAME + _SCAN + said


def gif(words: str = "") -> bytes:
    said = words.encode()
    comment = b"!\xfe" + bytes([len(said)]) + said + b"\0" if words else b""
    xmp = b"!\xff\x0bXMP DataXMP" + bytes([len(said)]) + said + b"\0" if words else b""
    loop = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    return (
        b"GIF89a\x03\0\x02\0\x80\0\0\0\0\0\xff\xff\xff"
        + loop
        + comment
        + xmp
        + b",\0\0\0\0\x03\0\x02\0\0\x02\x02D\x01\0;"
    )


def webp(words: str = "") -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    head = chunk(
        b"VP8X", bytes([0x0C if words else 0, 0, 0, 0]) + (4).to_bytes(3, "little") + (2).to_bytes(3, "little")
    )
    picture = chunk(b"VP8L", b"\x2f\x04\x80\x00\x00\x00")
    talk = chunk(b"EXIF", exif(words)) + chunk(b"XMP ", words.encode()) if words else b""
    body = b"WEBP" + head + picture + talk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def svg(words: str = "") -> bytes:
    talk = (
        f'<script>alert("{words}")</script><metadata>{words}</metadata><!-- {words} --><image href="https://{words}.example/p.png"/>'
        f'<a href="javascript:{words}"><text>x</text></a><foreignObject><p>{words}</p></foreignObject>'
        f'<rect onclick="{words}()" style="fill:url(https://{words}.example/x)" width="1" height="1"/>'
        if words
        else ""
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><circle cx="5" cy="5" r="4"/>{talk}</svg>'.encode()


PICTURES = {"png": png, "jpg": jpeg, "gif": gif, "webp": webp, "svg": svg}
