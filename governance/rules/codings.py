"""The rule about how picture and sound are coded inside their container (R-54)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from governance.contract import CannotJudge, Context, JsonObject, Subject, Verdict, failed, passed
from governance.registry import rule, shown
from governance.rules import format_table
from governance.rules.analysed import CODES, sound_of
from governance.rules.media import SECTIONS, each_medium, no_limit
from governance.rules.reading import Medium, format_of


@rule(
    code="media.codec",
    version=1,
    applies_to=("ad",),
    sections=SECTIONS,
    reads=("media", "analysis"),
    params={"formats": format_table.CODED_FORMATS, "codings": format_table.CODINGS},
    codes=(
        "media.container_not_allowed", "media.coding_not_allowed", "media.sound_coding_not_allowed", "media.sound_unknown",
        *CODES,
    ),
    source="seed (file types); the codings: project (TikTok names none)",
)  # fmt: skip
def codec(subject: Subject, params: JsonObject, context: Context) -> Iterator[Verdict]:
    """Picture and sound are coded in a way that is usual in the file's container, so that the channel can read them."""
    name, codings = format_of(subject), params["codings"]

    def judge(medium: Medium) -> Verdict:
        container, video = (shown(medium.text(fact).lower()) for fact in ("container", "codec"))
        row = codings.get(container) or {"video": [], "sound": []}
        evidence = {"sha256": medium.sha256, "container": container, "codec": video, "allowed": list(row["video"])}
        named = {"position": medium.position, "container": container}
        if not row["video"]:
            allowed = ", ".join(each for each, found in codings.items() if found["video"])
            return failed("media.container_not_allowed", evidence, format=name, allowed=allowed, **named)
        if video not in row["video"]:
            return failed("media.coding_not_allowed", evidence, codec=video, allowed=", ".join(row["video"]), **named)
        return _judge_sound(medium, sound_of(medium), row, evidence, named)

    wanted = name in params["formats"]
    yield from each_medium(subject, context, ("video",), judge) if wanted else [no_limit(subject)]


def _judge_sound(
    medium: Medium, sound: Mapping[str, Any] | None, row: JsonObject, evidence: JsonObject, named: JsonObject
) -> Verdict:
    if sound is None:
        return passed(evidence=evidence)
    found = sound.get("codec")
    if not isinstance(found, str):
        raise CannotJudge("media.fact_unknown", position=medium.position, fact="codec")
    heard = {**evidence, "sound_codec": shown(found), "allowed_sound": list(row["sound"])}
    if found in row["sound"]:
        return passed(evidence=heard)
    allowed = ", ".join(row["sound"])
    return failed("media.sound_coding_not_allowed", heard, codec=shown(found), allowed=allowed, **named)
