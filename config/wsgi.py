"""The web application. Started alone (gunicorn config.wsgi) it attaches to the embedded servers if needed."""

import os

from config.servers import ensure_servers

ensure_servers()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
# Refuses to serve as a database role that row-level security does not bind.
call_command("check", databases=["default"])
