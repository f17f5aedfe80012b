# Styles and charts, by the lock file.
FROM node:24-slim AS styles
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/kefudesk
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
COPY --from=styles /app/node_modules ./node_modules
# collectstatic needs settings, not their values: the keys of this step are in no container that runs.
RUN useradd --system --no-create-home kefudesk \
    && python scripts/compile_messages.py locale \
    && mkdir -p "$VAR_DIR/files" "$VAR_DIR/backups" \
    && SECRET_KEY=build FIELD_KEYS=build DATABASE_URL=postgresql://build@localhost/build \
       REDIS_URL=redis://localhost python manage.py collectstatic --no-input --verbosity=0 \
    && chown -R kefudesk "$VAR_DIR"
USER kefudesk
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8"]
