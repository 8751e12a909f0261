-- The rows of the listing benchmark, in the bench's own database alone: %(accounts)s ad accounts in 50 brands of the
-- organisation %(organisation)s, %(ads)s ads spread evenly over them. Triggers are set aside, so what they keep is written here.
SET session_replication_role = replica;
SELECT setseed(0.5);

-- A UUIDv7 of a kind and number n: in the order of n, as if one were made every 137 ms.
CREATE FUNCTION pg_temp.key(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(1735689600000 + n * 137), 12, '0') || '7' || substr(md5(kind || n), 1, 3)
            || '8' || substr(md5(kind || n), 4, 15))::uuid $$;

INSERT INTO accounts_brand (id, organisation_id, name)
SELECT pg_temp.key('brand', n), %(organisation)s, 'Brand ' || n FROM generate_series(1, 50) n;

INSERT INTO accounts_adaccount (id, brand_id, channel, external_id, name, currency, timezone, country)
SELECT pg_temp.key('account', n), pg_temp.key('brand', 1 + n %% 50), 'tiktok', n::text, 'Account ' || n, 'USD', 'UTC', 'US'
FROM generate_series(1, %(accounts)s) n;

-- Each of the groups given as (group id, first account, step, number): as many grants in force as accounts, and as many
-- that ended yesterday.
INSERT INTO accounts_rolegrant (id, role, group_id, ad_account_id, granted_at, granted_by, since, confirmed_by, revoked_at, revoked_by)
SELECT gen_random_uuid(), 'content_approver', g.id, pg_temp.key('account', g.first + g.step * n), now() - interval '9 days',
       'bench', now() - interval '9 days', '', CASE WHEN ended THEN now() - interval '1 day' END, CASE WHEN ended THEN 'bench' ELSE '' END
FROM unnest(%(groups)s::int[], %(firsts)s::int[], %(steps)s::int[], %(numbers)s::int[]) AS g(id, first, step, number),
     LATERAL generate_series(0, g.number - 1) n, (VALUES (FALSE), (TRUE)) AS e(ended);

INSERT INTO campaigns_campaign (id, ad_account_id, name, version, contributions, created_by_id, created_at, updated_at,
                                objective, budget_mode, budget_minor, budget_optimization, special_industries)
SELECT a.id, a.id, 'Autumn', 1, '{}', %(person)s, now(), now(), 'traffic', 'daily', 8000, FALSE, '[]' FROM accounts_adaccount a;

INSERT INTO campaigns_adgroup (id, ad_account_id, campaign_id, name, version, contributions, created_by_id, created_at,
                               updated_at, placement, targeting, budget_mode, budget_minor, start, bid_strategy, pacing, optimization_goal)
SELECT a.id, a.id, a.id, 'Everybody', 1, '{}', %(person)s, now(), now(), '{}', '{}', 'daily', 3000, now(), 'lowest_cost',
       'standard', 'click' FROM accounts_adaccount a;

INSERT INTO campaigns_mediaasset (id, ad_account_id, sha256, original_name, kind, container, codec, width, height, size_bytes,
                                  uploaded_by_id, created_at)
SELECT a.id, a.id, md5(a.id::text) || md5(a.id::text), 'film.mp4', 'video', 'mp4', 'h264', 540, 960, 100000, %(person)s, now()
FROM accounts_adaccount a;

CREATE TEMPORARY TABLE made ON COMMIT PRESERVE ROWS AS
SELECT n, pg_temp.key('ad', n) AS id, pg_temp.key('account', 1 + floor(random() * %(accounts)s)::int) AS account,
       pg_temp.key('request', n) AS request, random() AS r FROM generate_series(1, %(ads)s) n;

INSERT INTO campaigns_ad (id, ad_account_id, ad_group_id, campaign_id, name, version, contributions, created_by_id, created_at,
                          updated_at, format, text, call_to_action, landing_page_url, display_name, hashtags, spark_post, disclaimer,
                          spark_proof, effect_name, payer, beneficiary)
SELECT id, account, account, account, 'Film ' || n, 1, '{}', %(person)s, now(), now(), 'in_feed', 'Warm jackets are here',
       'learn_more', 'https://shop.example/autumn/' || n, 'Bench', '["autumn"]', '', '', '', '', '', '' FROM made;

INSERT INTO campaigns_admedia (ad_id, media_id, position) SELECT id, account, 0 FROM made;

-- Of the ads 5 %% are in review, 15 %% drafts without a request, 10 %% rejected, 70 %% approved; a request of its own for each.
INSERT INTO approvals_approvalrequest (id, ad_account_id, state, title, digest, submitted_by_id, submitted_at, contributors,
                                       policies, note, publish, exposure_minor, currency, expires_at)
SELECT request, account, CASE WHEN r < 0.05 THEN 'in_review' WHEN r < 0.3 THEN 'rejected' ELSE 'approved' END, 'Film ' || n,
       md5(n::text) || md5(n::text), %(person)s, now(), '[]', '[]', '', 'manual', 3000, 'USD', now() + interval '30 days'
FROM made WHERE NOT (r >= 0.05 AND r < 0.2);

INSERT INTO approvals_adstate (ad_id, ad_account_id, request_id, state)
SELECT id, account, CASE WHEN NOT (r >= 0.05 AND r < 0.2) THEN request END,
       CASE WHEN r < 0.05 THEN 'in_review' WHEN r < 0.2 THEN 'draft' WHEN r < 0.3 THEN 'rejected' ELSE 'approved' END FROM made;

-- What django-guardian without parents would need instead: one generic grant an ad and group (of the first %(naive)s).
INSERT INTO auth_permission (content_type_id, codename, name)
SELECT id, 'see_ad', 'see' FROM django_content_type WHERE app_label = 'campaigns' AND model = 'ad';

INSERT INTO guardian_groupobjectpermission (permission_id, content_type_id, object_pk, group_id)
SELECT p.id, p.content_type_id, made.id::text, g.group_id
FROM made JOIN accounts_rolegrant g ON g.ad_account_id = made.account AND g.revoked_at IS NULL
     AND g.group_id = ANY((%(groups)s::int[])[1:%(naive)s]), auth_permission p WHERE p.codename = 'see_ad';

DROP TABLE made;
SET session_replication_role = origin;
ANALYZE;
