"""Whether spans are sent to an OpenTelemetry collector: as its standard variables say."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from src.core.tracing import Tracing

log = logging.getLogger(__name__)

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN = "http/protobuf"


def tracing_for(environment: Mapping[str, str]) -> "Tracing | None":
    """What sends spans, where an endpoint is set, spans are not switched off, and the packages are there."""
    if not is_wanted(environment):
        return None
    protocol = next((environment[name] for name in _PROTOCOLS if environment.get(name)), _SPOKEN)
    if protocol != _SPOKEN:
        log.warning("OTEL_EXPORTER_OTLP_PROTOCOL is %s; spans are sent by %s all the same", protocol, _SPOKEN)
    try:
        from src.core.tracing import Tracing  # noqa: PLC0415 - its libraries are an extra.
    except ImportError:
        log.warning("OTEL_EXPORTER_OTLP_ENDPOINT is set, but the extra 'otel' is not installed: no spans")
        return None
    return Tracing(environment)


def is_wanted(environment: Mapping[str, str]) -> bool:
    is_off = environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    is_off |= environment.get("OTEL_TRACES_EXPORTER", "").strip().lower() == "none"
    return not is_off and any(environment.get(name, "").strip() for name in _ENDPOINTS)
