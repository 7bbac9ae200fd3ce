"""The official conformance suite, against our server with its fixtures."""

import os
from pathlib import Path

import pytest

from tests.mcp_conformance.conftest import Run
from tests.mcp_conformance.serving import served

_HERE = Path(__file__).parent
_SERVER = "tests.mcp_conformance.fixture_server"


@pytest.mark.parametrize(
    ("revision", "application", "baseline"),
    [
        ("2026-07-28", "stateless_app", "baseline.yaml"),
        ("2025-11-25", "session_app", "baseline.yaml"),
        ("2025-11-25", "stateless_app", "baseline-stateless.yaml"),
    ],
)
def test_every_scenario_passes_but_those_of_the_baseline(
    run: Run, revision: str, application: str, baseline: str
) -> None:
    with served(f"{_SERVER}:{application}", **os.environ) as url:
        done = run(
            "conformance",
            *("server", "--url", f"{url}/api/mcp", "--requirements", revision),
            *("--expected-failures", str(_HERE / baseline)),
        )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    summary = done.stdout.partition("=== SUMMARY ===")[2]
    passed = {line.split(":")[0].removeprefix("✓ ") for line in summary.splitlines() if line.startswith("✓")}
    failed = {line.split(":")[0].removeprefix("✗ ") for line in summary.splitlines() if line.startswith("✗")}
    expected = {
        line.removeprefix("  - ") for line in (_HERE / baseline).read_text().splitlines() if "  - " in line
    }
    assert len(passed) >= 25
    assert failed <= expected
