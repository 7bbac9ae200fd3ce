"""The official tools, installed once for each state of the lock file."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

_HERE = Path(__file__).parent
_SECONDS_TO_INSTALL = 300
_SECONDS_TO_RUN = 120
_NO_REGISTRY = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH")

Run: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Where the tools of `package-lock.json` are; the tests that need them skip where npm is not."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, so the official MCP tools cannot be run")
    lock = (_HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "todo-ai"
    home = cache / f"mcp-{hashlib.sha256(lock).hexdigest()[:16]}"
    if not home.exists():
        cache.mkdir(parents=True, exist_ok=True)
        _install(home)
    return home / "node_modules"


def _install(home: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(dir=home.parent))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_HERE / name, unfinished)
    command = ["npm", "ci", "--no-fund", "--no-audit", "--loglevel=error"]
    done = subprocess.run(
        command, cwd=unfinished, capture_output=True, text=True, timeout=_SECONDS_TO_INSTALL, check=False
    )
    may_skip = not os.environ.get("REQUIRE_NODE_TESTS")
    if done.returncode and may_skip and _NO_REGISTRY.search(done.stderr):
        shutil.rmtree(unfinished)
        pytest.skip("npm's registry cannot be reached, so the official MCP tools cannot be installed")
    assert done.returncode == 0, done.stderr
    unfinished.rename(home)


@pytest.fixture
def run(node_modules: Path, tmp_path: Path) -> Run:
    """Run one of the tools, with the Node that they need."""
    binaries = node_modules / ".bin"
    path = f"{binaries}{os.pathsep}{os.environ['PATH']}"

    def run_tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(binaries / name), *arguments],
            cwd=tmp_path,
            env={**os.environ, "PATH": path, "HOME": str(tmp_path), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=_SECONDS_TO_RUN,
            check=False,
        )

    return run_tool
