"""How the service logs: one line per event on standard error."""

import logging


def configure_logging(level: str) -> None:
    """Set the root handler up, before libraries that would bring their own."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    # The request layer writes the access log, with the request id that uvicorn does not know.
    logging.getLogger("uvicorn.access").disabled = True
    for noisy in ("httpx", "httpx2", "openai.agents", "mcp", "alembic.runtime.plugins"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
