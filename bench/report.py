"""What was measured, as a table for people and as JSON for machines."""

from __future__ import annotations

from statistics import median
from typing import Any


def summary(rounds: list[dict[str, Any]], facts: dict[str, Any], settings: dict[str, str]) -> dict[str, Any]:
    """Medians over the rounds; ratios are taken round by round, then their median."""
    keys = sorted({key for row in rounds for key in row})
    medians = {key: median(row[key] for row in rounds if key in row) for key in keys}
    ratios = {}
    for streams in (1, 2):
        ours, floor = f"ours_{streams}", f"floor_{streams}"
        each = [row[ours] / row[floor] for row in rounds if ours in row and floor in row]
        if each:
            ratios[f"ours_{streams} / floor_{streams}"] = median(each)
    if any("ours_2" in row and "ours_1" in row for row in rounds):
        ratios["ours_2 / ours_1"] = median(row["ours_2"] / row["ours_1"] for row in rounds if "ours_2" in row and "ours_1" in row)
    return {
        "rounds": rounds, "medians": medians, "ratios": ratios, "sql_a_cycle": facts["sql"], "sql_by_kind": facts["by_kind"],
        "stored_kb_a_cycle": facts["stored_kb"], "stored_kb_by_table": facts["stored_kb_by_table"],
        "server": settings,
    }  # fmt: skip


_LABELS = {
    "floor_1": "floor (pgbench), 1 stream, cycles/s",
    "floor_2": "floor (pgbench), 2 streams, cycles/s",
    "ours_1": "Imprimatur, 1 stream, cycles/s",
    "ours_2": "Imprimatur, 2 streams (2 processes), cycles/s",
    "ours_1_p50_ms": "  a cycle, 1 stream, median ms",
    "ours_1_p95_ms": "  a cycle, 1 stream, 95 % within ms",
    "ours_1_cpu_ms": "  Python CPU a cycle, 1 stream, ms",
    "ours_2_cpu_ms": "  Python CPU a cycle, 2 streams, ms",
    "ours_1_wal_kb": "  WAL a cycle, kB (whole server)",
    "floor_1_wal_kb": "  WAL a cycle of the floor, kB (whole server)",
}


def table(found: dict[str, Any]) -> str:
    """The summary in lines: median, and least to most over the rounds."""
    lines = [f"{len(found['rounds'])} rounds, shuffled inside each; median (least .. most)"]
    for key, label in _LABELS.items():
        values = [row[key] for row in found["rounds"] if key in row]
        if values:
            lines.append(f"{label:<52}{median(values):>9.1f}  ({min(values):.1f} .. {max(values):.1f})")
    lines += [f"{'ratio ' + name:<52}{value:>9.3f}" for name, value in found["ratios"].items()]
    lines.append(f"{'SQL statements a cycle':<52}{found['sql_a_cycle']:>9.1f}")
    lines.append(f"{'tables and indexes grow by, kB a cycle':<52}{found['stored_kb_a_cycle']:>9.1f}")
    return "\n".join(lines)
