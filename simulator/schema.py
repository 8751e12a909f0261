"""Tables of the state file. Kept apart so that the store reads as a list of questions."""

SCHEMA = """
create table if not exists meta (
    key text primary key,
    value text not null
);
create table if not exists advertisers (
    advertiser_id text primary key,
    body text not null
);
create table if not exists tokens (
    digest text not null,
    advertiser_id text not null,
    primary key (digest, advertiser_id)
);
create table if not exists identities (
    advertiser_id text not null,
    identity_type text not null,
    identity_id text not null,
    fields text not null,
    primary key (advertiser_id, identity_type, identity_id)
);
create table if not exists objects (
    level text not null,
    id text primary key,
    advertiser_id text not null,
    campaign_id text not null,
    adgroup_id text not null,
    operation_status text not null,
    created_at text not null,
    modified_at text not null,
    fields text not null,
    internal text not null
);
create index if not exists objects_account on objects (advertiser_id, level, id);
create index if not exists objects_campaign on objects (campaign_id, level, id);
create index if not exists objects_adgroup on objects (adgroup_id, level, id);
create table if not exists media (
    id text primary key,
    kind text not null,
    advertiser_id text not null,
    file_name text not null,
    signature text not null,
    path text not null,
    created_at text not null,
    fields text not null
);
create unique index if not exists media_name on media (advertiser_id, kind, file_name);
create table if not exists requests (
    advertiser_id text not null,
    endpoint text not null,
    request_id text not null,
    at text not null,
    primary key (advertiser_id, endpoint, request_id)
);
create table if not exists faults (
    seq integer primary key autoincrement,
    spec text not null
);
create table if not exists log (
    seq integer primary key autoincrement,
    at text not null,
    source text not null,
    action text not null,
    level text not null,
    id text not null,
    advertiser_id text not null,
    request_id text not null,
    details text not null
);
"""

TABLES = (
    "meta",
    "advertisers",
    "tokens",
    "identities",
    "objects",
    "media",
    "requests",
    "faults",
    "log",
)
