# Two stages, so build tools aren't in the final image. Only packages with a hash in the lock are installed.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/hfstats
COPY requirements.lock ./
RUN /opt/hfstats/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE manifest.json ./
COPY analytics analytics
COPY bot bot
COPY playground playground
RUN /opt/hfstats/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /data hfstats
COPY --from=build /opt/hfstats /opt/hfstats
ENV PATH=/opt/hfstats/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    XDG_DATA_HOME=/data \
    PORT=3000
USER hfstats
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz/ready\", timeout=4)"]
CMD ["hfstats", "serve"]
