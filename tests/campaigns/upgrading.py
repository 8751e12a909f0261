"""A program of its own (test_upgrade.py): a database in which media were seen and heard, before any were read, brought to today.

It prints as JSON the analyses that are there afterwards, and missing guards.
"""

from __future__ import annotations

import json

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import DatabaseError, connection, transaction  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402

from core import clock  # noqa: E402
from core.triggers import Unique, insert_only  # noqa: E402

BEFORE = [("campaigns", "0004_media_analyses")]
GUARDS = insert_only("campaigns_media_analysis", "campaigns_mediaanalysis", Unique(["sha256", "analyser"]))
"""As they stood then."""


def main() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    executor.loader.build_graph()
    with connection.schema_editor() as editor:
        for guard in GUARDS:
            for statement in getattr(guard, connection.vendor):
                editor.execute(statement, params=None)
    analyses = executor.loader.project_state(BEFORE).apps.get_model("campaigns", "MediaAnalysis").objects
    analyses.create(sha256="a" * 64, analyser=1, result={"pictures": 1}, fault="", analysed_at=clock.now())
    analyses.create(sha256="b" * 64, analyser=1, result=None, fault="crashed", analysed_at=clock.now())
    call_command("migrate", verbosity=0)
    print(json.dumps(found()))


def found() -> dict[str, object]:
    """What holds today."""
    from campaigns.models import MediaAnalysis
    from config.all_guards import ALL
    from core.triggers import missing

    MediaAnalysis.objects.create(sha256="a" * 64, kind="reading", analyser=1, result={}, fault="", analysed_at=clock.now())
    refused = []
    for change in ({"kind": "reading"}, {"fault": "x"}):
        try:
            with transaction.atomic():
                MediaAnalysis.objects.update(**change)
        except DatabaseError as error:
            refused.append(str(error).split(":")[1])
    rows = MediaAnalysis.objects.order_by("sha256", "kind").values_list("sha256", "kind", "analyser", "result", "fault")
    return {"missing": missing(ALL, connection), "refused": refused, "rows": [[row[0][0], *row[1:]] for row in rows]}


if __name__ == "__main__":
    main()
