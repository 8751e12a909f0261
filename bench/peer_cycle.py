"""One stream of cycles as a process: prints `ready`, then answers every line `SECONDS` with one JSON line.

The protocol of side_by_side.py of the peer benchmarks, so that the same process runs here and beside the peers:
rate (cycles/s), p50 and p95 (seconds), cpu_ms (of this process, a cycle), cycles; with `facts` as argument, the SQL
statements of a cycle by step are printed instead. The database is IMPRIMATUR_DATABASE_URL; it is migrated if need be.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench import server

WARM_UP = 10


def set_up(folder: Path) -> None:
    """Django without debugging (which would keep every statement), on a migrated database."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", IMPRIMATUR_DEBUG="0", IMPRIMATUR_SECRET_KEY=os.urandom(32).hex(),
        IMPRIMATUR_TIKTOK_HOST="http://127.0.0.1:9", IMPRIMATUR_TIKTOK_ACCESS_TOKEN="none", IMPRIMATUR_VAR_DIR=str(folder),
        IMPRIMATUR_LOG_LEVEL="WARNING",
    )  # fmt: skip
    import django
    from django.core.management import call_command

    django.setup()
    with server.alone(os.environ["IMPRIMATUR_DATABASE_URL"]):
        call_command("migrate", verbosity=0)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def run(cycle: Any, seconds: float) -> dict[str, float]:
    """Cycles one after another for so long."""
    took: list[float] = []
    cpu, start = time.process_time(), time.perf_counter()
    while (now := time.perf_counter()) - start < seconds:
        cycle()
        took.append(time.perf_counter() - now)
    elapsed = time.perf_counter() - start
    return {
        "rate": len(took) / elapsed, "cycles": len(took), "p50": percentile(took, 0.5), "p95": percentile(took, 0.95),
        "cpu_ms": 1000 * (time.process_time() - cpu) / len(took),
    }  # fmt: skip


def facts(cycle: Any, cycles: int) -> dict[str, Any]:
    """SQL statements of a cycle (with savepoints, without BEGIN and COMMIT), the mean over so many, by verb and table; and by
    how much the tables grow, in kB."""
    from django.db import connection

    kinds: Counter[str] = Counter()

    def count(execute: Any, statement: str, *rest: Any) -> Any:
        words = statement.replace('"', " ").split()
        names = [word for word in words[1:] if "_" in word and "." not in word and not word.startswith("(")]
        kinds[" ".join([words[0], *names[:1]])] += 1
        return execute(statement, *rest)

    before = sizes()
    with connection.execute_wrapper(count):
        for _ in range(cycles):
            cycle()
    by_kind = {kind: number / cycles for kind, number in kinds.most_common()}
    grown = {table: size - before[table] for table, size in sizes().items()}
    stored = {table: size / cycles / 1000 for table, size in sorted(grown.items(), key=lambda each: -each[1]) if size}
    return {
        "sql": sum(kinds.values()) / cycles, "by_kind": by_kind,
        "stored_kb": sum(stored.values()), "stored_kb_by_table": stored,
    }  # fmt: skip


def sizes() -> dict[str, int]:
    """Bytes of every table with its indexes, whatever else the server does meanwhile."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(cursor.fetchall())


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="imprimatur-bench-") as name:
        folder = Path(name)
        set_up(folder)
        from bench.cycle import Cycle, build

        cycle = Cycle(build(folder))
        cycles = int(arguments[1]) if arguments[:1] == ["facts"] else WARM_UP
        for _ in range(min(WARM_UP, cycles)):
            cycle()
        if arguments:
            print(json.dumps(facts(cycle, cycles)), flush=True)
            return
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(run(cycle, float(line))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
