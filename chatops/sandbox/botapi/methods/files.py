"""Files: what the bot uploads, and getFile. Content stays in memory; nothing is ever fetched from an address."""

from __future__ import annotations

import hashlib
import mimetypes
import re

from ..parameters import Upload
from ..people import StoredFile
from ..pictures import size_of
from ..refusals import bad_request
from .call import Call

_MAX_PHOTO_BYTES = 10 * 1024 * 1024
_MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
_MAX_PHOTO_SIDES = 10_000
_MAX_PHOTO_RATIO = 20


def get_file(call: Call) -> dict[str, object]:
    """https://core.telegram.org/bots/api#getfile"""
    file_id = call.parameters.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = call.world.files.get(file_id)
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > _MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {**file.as_json(), "file_path": file.path}


def stored(call: Call, kind: str) -> StoredFile:
    """The file of the parameter `kind` ("document" or "photo"): uploaded, attached, or known by its file_id."""
    upload = call.parameters.files.get(kind)
    name = call.parameters.text(kind)
    if upload is None and name.startswith("attach://"):
        upload = call.parameters.files.get(name.removeprefix("attach://"))
    if upload is None:
        if not name:
            raise bad_request(f"there is no {kind} in the request")
        if name in call.world.files:
            return call.world.files[name]
        if name.startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        raise bad_request("wrong file identifier/HTTP URL specified")
    return _kept(call, kind, upload)


def _kept(call: Call, kind: str, upload: Upload) -> StoredFile:
    size = len(upload.content)
    if not size:
        raise bad_request("file must be non-empty")
    width = height = 0
    if kind == "photo":
        if size > _MAX_PHOTO_BYTES:
            raise bad_request(
                f"file of size {size} bytes is too big for a photo; the maximum size is {_MAX_PHOTO_BYTES} bytes"
            )
        picture = size_of(upload.content)
        if picture is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        width, height = picture
        long, short = max(picture), min(picture)
        if width + height > _MAX_PHOTO_SIDES or not short or long / short > _MAX_PHOTO_RATIO:
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
    number = len(call.world.files)
    name = re.sub(r"[\x00-\x1f/\\]", "_", upload.name)[:255] or "file"
    digest = hashlib.sha256(upload.content)
    extension = mimetypes.guess_extension(upload.mime_type) or ""
    file = StoredFile(
        file_id=f"{kind[0].upper()}Q{number:06d}{digest.hexdigest()[:40]}",
        unique_id=f"A{number:06d}{digest.hexdigest()[:12]}",
        name=name,
        mime_type=mimetypes.guess_type(name)[0] or upload.mime_type or "application/octet-stream",
        content=upload.content,
        path=f"{kind}s/file_{number}{extension if kind == 'photo' else ''}",
        width=width,
        height=height,
    )
    call.world.files[file.file_id] = file
    return file
