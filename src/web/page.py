"""The first page, with what its visitor must know."""

from html import escape
from pathlib import Path

# Hugging Face shows the page inside its own; nobody else may.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
}
_HOME = (Path(__file__).parent / "home.html").read_text()
_PLACE = "<!-- notice -->"


def home_page(*notices: str) -> str:
    """The page as HTML, with a marked paragraph for each notice."""
    marked = "".join(f'<p class="notice" role="status">{escape(notice)}</p>' for notice in notices)
    return _HOME.replace(_PLACE, marked)
