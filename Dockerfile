# A worker, or any other command of civicbus: docker build -t civicbus . && docker run civicbus --help
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app/src \
    CIVICBUS_CONNECTORS=/app/connectors \
    CIVICBUS_DATA=/data

WORKDIR /app
# The dependencies first: they change less often than the source.
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.lock

COPY schemas ./schemas
COPY connectors ./connectors
COPY src ./src

RUN useradd --system --home-dir /data --create-home civicbus
USER civicbus
VOLUME /data
EXPOSE 8080 6066
ENTRYPOINT ["python", "-m", "civicbus"]
CMD ["worker"]
