-- The least that has to be written for one approval cycle: no grants, no rules, no canonical text, no log but rows.
DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
SET search_path = floor;
CREATE TABLE account (id bigserial PRIMARY KEY, name text NOT NULL);
INSERT INTO account (name) SELECT 'account ' || n FROM generate_series(1, 1000) n;
CREATE TABLE ad (
  id bigserial PRIMARY KEY, account_id bigint NOT NULL REFERENCES account, state text NOT NULL,
  budget numeric(12, 2) NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), cleared_at timestamptz
);
CREATE INDEX ON ad (account_id, state, id DESC);
CREATE TABLE revision (
  id bigserial PRIMARY KEY, ad_id bigint NOT NULL REFERENCES ad, number int NOT NULL, content jsonb NOT NULL,
  digest bytea NOT NULL, UNIQUE (ad_id, number)
);
CREATE TABLE finding (
  id bigserial PRIMARY KEY, revision_id bigint NOT NULL REFERENCES revision, rule text NOT NULL, result text NOT NULL,
  evidence jsonb NOT NULL
);
CREATE INDEX ON finding (revision_id);
CREATE TABLE request (
  id bigserial PRIMARY KEY, ad_id bigint NOT NULL REFERENCES ad, revision_id bigint NOT NULL REFERENCES revision,
  stage int NOT NULL, state text NOT NULL, closed_at timestamptz
);
CREATE UNIQUE INDEX ON request (ad_id) WHERE state = 'open';
CREATE INDEX ON request (state, stage, id);
CREATE TABLE decision (
  id bigserial PRIMARY KEY, request_id bigint NOT NULL REFERENCES request, stage int NOT NULL, person bigint NOT NULL,
  verdict text NOT NULL, UNIQUE (request_id, stage, person)
);
CREATE TABLE event (
  id bigserial PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), actor bigint NOT NULL, action text NOT NULL,
  subject text NOT NULL, subject_id bigint NOT NULL, payload jsonb NOT NULL
);
CREATE INDEX ON event (subject, subject_id, id);
