"""The Django project: settings (environment only), urls, celery, wsgi, system checks."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
