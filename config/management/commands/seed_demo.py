"""`manage.py seed_demo`: the demo organisation, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation
from config.demo.cast import ORGANISATION
from config.demo.seed import handout, seed, simulator_fixture, write_json


class Command(BaseCommand):
    help = "Makes a demo organisation with brands, ad accounts, people, policies, rule sets, media and requests under way."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.OWN_MACHINE:
            raise CommandError("The demo has known passwords; it is only made with IMPRIMATUR_DEBUG=1.")
        write_json(settings.VAR_DIR / "simulator.json", simulator_fixture(settings.TIKTOK_ACCESS_TOKEN))
        if Organisation.objects.filter(slug=ORGANISATION[1]).exists():
            self.stdout.write("The demo is there already.")
            return
        media = Path(settings.VAR_DIR, "demo-media")
        media.mkdir(parents=True, exist_ok=True)
        demo = seed(media, self.stdout.write)
        write_json(settings.VAR_DIR / "demo.json", handout(demo))
        self.stdout.write(self.style.SUCCESS("The demo is ready."))
