"""Makes the key that browser notifications are signed with; it goes into GRIDGOV_PUSH_PRIVATE_KEY."""

from typing import Any

from django.core.management.base import BaseCommand
from py_vapid import Vapid, b64urlencode


class Command(BaseCommand):
    """manage.py make_push_key"""

    help = "Print a new private key for GRIDGOV_PUSH_PRIVATE_KEY. A new key ends every subscription."

    def handle(self, *args: Any, **options: Any) -> None:
        vapid = Vapid()
        vapid.generate_keys()
        self.stdout.write(b64urlencode(vapid.private_key.private_numbers().private_value.to_bytes(32, "big")))
