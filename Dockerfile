# Muniment as a container: build with `docker build -t muniment .`, run with deploy/compose.yaml or
#   docker run -v "$PWD/sources.yaml:/etc/muniment/sources.yaml:ro" -v muniment:/var/lib/muniment muniment
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements/postgres.txt requirements/postgres.txt
RUN python -m venv /opt/muniment \
    && /opt/muniment/bin/pip install --require-hashes --requirement requirements/postgres.txt
COPY pyproject.toml README.md LICENSE ./
COPY archive archive
COPY worker worker
COPY migrations migrations
RUN /opt/muniment/bin/pip install --no-deps .

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="Muniment" \
      org.opencontainers.image.description="Watches government and forum pages and keeps every version of what they said" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /var/lib/muniment --create-home muniment \
    && install -d -o root -g root /etc/muniment
COPY --from=build /opt/muniment /opt/muniment
ENV PATH="/opt/muniment/bin:$PATH" \
    PYTHONUNBUFFERED=1 \
    MUNIMENT_CONFIG=/etc/muniment/sources.yaml \
    MUNIMENT_DATABASE=sqlite:////var/lib/muniment/muniment.db
USER muniment
WORKDIR /var/lib/muniment
VOLUME /var/lib/muniment
STOPSIGNAL SIGTERM
# Healthy while pages are polled when they are due: see `muniment status --help`.
HEALTHCHECK --interval=60s --timeout=15s --start-period=60s --retries=3 CMD ["muniment", "status", "--check"]
ENTRYPOINT ["muniment"]
CMD ["--log-format", "json", "run"]
