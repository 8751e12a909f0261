# One image for web, worker, beat and the simulator; docker-compose.yml says which command each runs.
FROM python:3.13-slim-bookworm AS packages
WORKDIR /app
# `ocr` also reads the text in pictures (docs/media.md).
ARG PACKAGES=base
COPY requirements/${PACKAGES}.txt requirements/
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/${PACKAGES}.txt

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app imprimatur && install -d -o imprimatur /var/lib/imprimatur
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 IMPRIMATUR_VAR_DIR=/var/lib/imprimatur
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
USER imprimatur
VOLUME /var/lib/imprimatur
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--log-level", "warning", "config.wsgi:application"]
