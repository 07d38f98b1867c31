# One image, three programs: web, worker and beat differ by their command only (docker-compose.yml).
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 UV_PYTHON_DOWNLOADS=never
RUN apt-get update \
 && apt-get install -y --no-install-recommends gettext libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.txt requirements.lock ./
# The lock as constraint: exactly its versions, each file against its hash, without the packages of tests.
RUN pip install --no-cache-dir "$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.lock)" \
 && uv pip install --system --no-cache -r requirements.txt -c requirements.lock
COPY . .
# Names of static files and catalogues need settings, not secrets: these values end with this line.
RUN for po in locale/*/LC_MESSAGES/*.po; do [ -e "$po" ] && msgfmt -o "${po%.po}.mo" "$po"; done; \
    GRIDGOV_SECRET_KEY=only-while-the-image-is-being-built-0000 GRIDGOV_PRIVACY_KEYS=none GRIDGOV_INDEX_KEY=none GRIDGOV_AUDIT_KEY=none \
    GRIDGOV_DATABASE_URL=postgis://none/none GRIDGOV_OWNER_DATABASE_URL=postgis://none/none \
    GRIDGOV_CHECKER_DATABASE_URL=postgis://none/none GRIDGOV_REDIS_URL=redis://none \
    python manage.py collectstatic --noinput -v 0
RUN useradd --system --create-home gridgov && install -d -o gridgov -g gridgov /data /data/media /data/metrics
USER gridgov
EXPOSE 8000
CMD ["gunicorn", "gridgov.wsgi", "--no-control-socket", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4"]
