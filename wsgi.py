"""The door for any WSGI server: `wsgi:app`."""

from shop.app import create_app
from shop.settings import Settings

app = create_app(Settings.from_env())
