# Two stages: the first builds, the second runs and holds no compiler and no pip cache.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/ops-center
COPY pyproject.toml setup.py MANIFEST.in requirements.lock README.md LICENSE ./
COPY ops_center ops_center
COPY assets assets
COPY db db
RUN /opt/ops-center/bin/pip install -c requirements.lock setuptools \
 && /opt/ops-center/bin/pip install -c requirements.lock --no-build-isolation . \
 && /opt/ops-center/bin/pip uninstall -y setuptools pip

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home ops-center
COPY --from=build /opt/ops-center /opt/ops-center
ENV PATH=/opt/ops-center/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    OPS_CENTER_INSIDE_CONTAINER=true \
    OPS_CENTER_HOST=0.0.0.0 \
    OPS_CENTER_LOG_FORMAT=json
USER ops-center
WORKDIR /tmp
EXPOSE 8050
# Any answer means that the web server lives; what it says of database and worker is for monitors.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 8050), 3)"]
ENTRYPOINT ["ops-center"]
CMD ["serve"]
