"""The durable state: one SQLite file in WAL mode, one connection, one lock.

What was answered was committed before the answer left, so a killed process loses nothing.
"""

import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from simulator import clock
from simulator.model import Advertiser, Entity, Identity, Level, Medium
from simulator.schema import SCHEMA, TABLES

_FIRST_ID = 1_810_000_000_000_000_000  # 19 digits, beyond 2^53: floats would corrupt it
_ID_COLUMN = {"campaign": "campaign_id", "adgroup": "adgroup_id"}


def token_digest(token: str) -> str:
    """Tokens are kept as SHA-256 only, so that no page or export can show them."""
    return hashlib.sha256(token.encode()).hexdigest()


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class Store:
    """All questions to, and changes of, the state. Use inside `transaction()`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.media_folder = path.with_name(path.stem + "-media")
        self.media_folder.mkdir(exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.execute("pragma busy_timeout=5000")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One request's reads and writes, all or nothing, one at a time."""
        with self._lock:
            self._db.execute("begin immediate")
            with self._db:  # commits, or rolls back when the block raises
                yield

    # -- settings, time, ids ------------------------------------------------------------

    def setting(self, key: str, default: Any) -> Any:
        """A stored setting of the whole simulator."""
        row = self._db.execute("select value from meta where key = ?", (key,)).fetchone()
        return default if row is None else json.loads(row["value"])

    def set_setting(self, key: str, value: object) -> None:
        """Store a setting."""
        self._db.execute("insert or replace into meta values (?, ?)", (key, _dumped(value)))

    def now(self) -> datetime:
        """The simulator's time: real time plus the stored offset."""
        return clock.shifted(int(self.setting("clock_offset_seconds", 0)))

    def new_id(self) -> str:
        """A growing, gappy 19-digit id."""
        last = int(self.setting("last_id", _FIRST_ID)) + secrets.randbelow(9_973) + 1
        self.set_setting("last_id", last)
        return str(last)

    def reset(self) -> None:
        """Forget everything, uploads included."""
        last_id = self.setting("last_id", _FIRST_ID)
        for table in TABLES:
            self._db.execute(f"delete from {table}")  # noqa: S608 (fixed names)
        for file in self.media_folder.iterdir():
            file.unlink()
        self.set_setting("last_id", last_id)  # an id is never given twice

    # -- advertisers, tokens, identities ------------------------------------------------

    def put_advertiser(self, advertiser: Advertiser) -> None:
        """Declare or replace an ad account."""
        self._db.execute(
            "insert or replace into advertisers values (?, ?)",
            (advertiser.advertiser_id, _dumped(vars(advertiser))),
        )

    def advertiser(self, advertiser_id: str) -> Advertiser | None:
        """One ad account, None when there is none."""
        row = self._db.execute("select body from advertisers where advertiser_id = ?", (advertiser_id,)).fetchone()
        return None if row is None else Advertiser(**json.loads(row["body"]))

    def advertisers(self) -> list[Advertiser]:
        """All ad accounts by id."""
        rows = self._db.execute("select body from advertisers order by advertiser_id")
        return [Advertiser(**json.loads(row["body"])) for row in rows]

    def set_tokens(self, advertiser_id: str, tokens: Sequence[str]) -> None:
        """Replace the tokens that may use an ad account."""
        self._db.execute("delete from tokens where advertiser_id = ?", (advertiser_id,))
        self._db.executemany(
            "insert or ignore into tokens values (?, ?)",
            [(token_digest(token), advertiser_id) for token in tokens],
        )

    def accounts_of_token(self, token: str) -> list[str]:
        """Which ad accounts the token may use; empty for an unknown token."""
        rows = self._db.execute(
            "select advertiser_id from tokens where digest = ? order by 1",
            (token_digest(token),),
        )
        return [row["advertiser_id"] for row in rows]

    def put_identity(self, identity: Identity) -> None:
        """Declare or replace an identity."""
        self._db.execute(
            "insert or replace into identities values (?, ?, ?, ?)",
            (
                identity.advertiser_id,
                identity.identity_type,
                identity.identity_id,
                _dumped(identity.fields),
            ),
        )

    def identities(self, advertiser_id: str | None = None) -> list[Identity]:
        """The identities of an ad account, or all."""
        rows = self._db.execute(
            "select * from identities where ?1 is null or advertiser_id = ?1 order by 1, 2, 3",
            (advertiser_id,),
        )
        return [Identity(row[0], row[1], row[2], json.loads(row["fields"])) for row in rows]

    # -- campaigns, ad groups, ads ------------------------------------------------------

    def put(self, entity: Entity) -> None:
        """Write one object as it is now."""
        self._db.execute(
            "insert or replace into objects values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entity.level,
                entity.id,
                entity.advertiser_id,
                entity.campaign_id,
                entity.adgroup_id,
                entity.operation_status,
                entity.created_at.isoformat(),
                entity.modified_at.isoformat(),
                _dumped(entity.fields),
                _dumped(entity.internal),
            ),
        )

    def find(self, level: Level, entity_id: str) -> Entity | None:
        """One object of a level by id, deleted ones included."""
        row = self._db.execute("select * from objects where level = ? and id = ?", (level, entity_id)).fetchone()
        return None if row is None else _entity(row)

    def of_account(self, level: Level, advertiser_id: str) -> list[Entity]:
        """All objects of one level in an ad account, newest first, deleted ones included."""
        rows = self._db.execute(
            "select * from objects where advertiser_id = ? and level = ? order by id desc",
            (advertiser_id, level),
        )
        return [_entity(row) for row in rows]

    def children(self, parent: Entity) -> list[Entity]:
        """Ad groups of a campaign or ads of an ad group, deleted ones included."""
        child = "adgroup" if parent.level == "campaign" else "ad"
        rows = self._db.execute(
            f"select * from objects where {_ID_COLUMN[parent.level]} = ?"  # noqa: S608
            " and level = ? order by id",
            (parent.id, child),
        )
        return [_entity(row) for row in rows]

    # -- media --------------------------------------------------------------------------

    def put_medium(self, medium: Medium) -> None:
        """Write one upload as it is now."""
        self._db.execute(
            "insert or replace into media values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                medium.id,
                medium.kind,
                medium.advertiser_id,
                medium.file_name,
                medium.signature,
                medium.path,
                medium.created_at.isoformat(),
                _dumped(medium.fields),
            ),
        )

    def medium(self, medium_id: str) -> Medium | None:
        """One upload by its video or image id."""
        row = self._db.execute("select * from media where id = ?", (medium_id,)).fetchone()
        return None if row is None else _medium(row)

    def media(self, advertiser_id: str | None = None) -> list[Medium]:
        """The uploads of an ad account, or all, oldest first."""
        rows = self._db.execute(
            "select * from media where ?1 is null or advertiser_id = ?1 order by created_at, id",
            (advertiser_id,),
        )
        return [_medium(row) for row in rows]

    def has_medium_name(self, advertiser_id: str, kind: str, file_name: str) -> bool:
        """Whether the name is taken in the account's library."""
        row = self._db.execute(
            "select 1 from media where advertiser_id = ? and kind = ? and file_name = ?",
            (advertiser_id, kind, file_name),
        ).fetchone()
        return row is not None

    # -- request ids, faults ------------------------------------------------------------

    def request_seen_at(self, account: str, endpoint: str, key: str) -> datetime | None:
        """When this `request_id` last succeeded."""
        row = self._db.execute(
            "select at from requests where advertiser_id = ? and endpoint = ? and request_id = ?",
            (account, endpoint, key),
        ).fetchone()
        return None if row is None else datetime.fromisoformat(row["at"])

    def remember_request(self, account: str, endpoint: str, key: str, at: datetime) -> None:
        """Note a `request_id` that succeeded."""
        self._db.execute(
            "insert or replace into requests values (?, ?, ?, ?)",
            (account, endpoint, key, at.isoformat()),
        )

    def add_fault(self, spec: dict[str, Any]) -> int:
        """Queue a fault; returns its number."""
        cursor = self._db.execute("insert into faults (spec) values (?)", (_dumped(spec),))
        return int(cursor.lastrowid or 0)

    def faults(self) -> list[tuple[int, dict[str, Any]]]:
        """The faults still to come, in the order they were declared."""
        rows = self._db.execute("select seq, spec from faults order by seq")
        return [(row["seq"], json.loads(row["spec"])) for row in rows]

    def set_fault(self, seq: int, spec: dict[str, Any] | None) -> None:
        """Rewrite a fault, or drop it with None."""
        if spec is None:
            self._db.execute("delete from faults where seq = ?", (seq,))
        else:
            self._db.execute("update faults set spec = ? where seq = ?", (_dumped(spec), seq))

    # -- log ----------------------------------------------------------------------------

    def record(
        self,
        action: str,
        *,
        level: str = "",
        entity_id: str = "",
        advertiser_id: str = "",
        source: str = "api",
        request_id: str = "",
        details: dict[str, Any] | None = None,
    ) -> None:
        """Append one state change to the log."""
        self._db.execute(
            "insert into log (at, source, action, level, id, advertiser_id, request_id,"
            " details) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.now().isoformat(),
                source,
                action,
                level,
                entity_id,
                advertiser_id,
                request_id,
                _dumped(details or {}),
            ),
        )

    def log(self, after: int = 0) -> list[dict[str, Any]]:
        """The state changes after a sequence number, in order."""
        rows = self._db.execute("select * from log where seq > ? order by seq", (after,))
        return [{**dict(row), "details": json.loads(row["details"])} for row in rows]

    def newest_log(self, limit: int) -> list[dict[str, Any]]:
        """The newest state changes, newest first, without their details."""
        rows = self._db.execute("select seq, at, source, action, id from log order by seq desc limit ?", (limit,))
        return [dict(row) for row in rows]

    def last_seq(self) -> int:
        """The number of the newest state change."""
        row = self._db.execute("select coalesce(max(seq), 0) as seq from log").fetchone()
        return int(row["seq"])


def _entity(row: sqlite3.Row) -> Entity:
    values = dict(row)
    return Entity(
        **{
            **values,
            "created_at": datetime.fromisoformat(values["created_at"]),
            "modified_at": datetime.fromisoformat(values["modified_at"]),
            "fields": json.loads(values["fields"]),
            "internal": json.loads(values["internal"]),
        }
    )


def _medium(row: sqlite3.Row) -> Medium:
    values = dict(row)
    return Medium(
        **{
            **values,
            "created_at": datetime.fromisoformat(values["created_at"]),
            "fields": json.loads(values["fields"]),
        }
    )
