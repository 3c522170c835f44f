"""An uploaded file in, its text out."""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

# Vercel refuses request bodies above 4.5 MB before we see them.
LARGEST = 4_000_000
MOST_PAGES = 50


class Unreadable(ValueError):
    """A file without text that can be read. The message says why."""


class UnsupportedType(ValueError):
    """A file that is neither a PDF nor plain text."""


def text_of(content: bytes, filename: str) -> str:
    """The text of a PDF or of a text file. Raises UnsupportedType and Unreadable.

    What counts is the content, not the name: a PDF begins with %PDF within its first kilobyte.
    """
    if b"%PDF-" in content[:1024]:
        return _pdf(content)
    if filename.lower().endswith(".pdf"):
        raise Unreadable("the file is named .pdf but is not a PDF")
    if b"\0" in content[:4096]:
        raise UnsupportedType("only PDF and plain text are read")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.strip():
            return text
        raise Unreadable("the file is empty")
    raise Unreadable("the file is neither UTF-8 nor Windows-1252 text")


def _pdf(content: bytes) -> str:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("the PDF is protected by a password")
        if len(reader.pages) > MOST_PAGES:
            raise Unreadable(f"the PDF has {len(reader.pages)} pages; at most {MOST_PAGES} are read")
        text = "\n".join(page.extract_text() for page in reader.pages)
    except DependencyError as error:
        raise Unreadable("the PDF is encrypted in a way that is not supported") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # pypdf raises all of these for damaged files.
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"the PDF is damaged: {type(error).__name__}") from error
    if not text.strip():
        raise Unreadable("the PDF has no text; a scan needs character recognition first")
    return text
