-- A role that may do no more than the checks of every-fault.yaml need, as `preflight explain` tells it for each kind. What the
-- checks read of the catalog needs no right at all. It cannot write: only `upsert.cache` becomes the role that does, for a
-- canary that is rolled back. For each table the lock of the policy comes first: behind the `grant`, in one transaction, it can meet
-- an autovacuum in a deadlock.
--
--   psql "$DATABASE_URL" -f checklists/least-rights.sql        # as the owner; then: \password preflight_check
create role preflight_check login;
grant usage on schema public to preflight_check;

-- `query`, and the forecast of a pipeline in the evidence of `api_key`: `select`, and past row security.
create policy "preflight may read" on issues for select to preflight_check using (true);
grant select on issues to preflight_check;

-- `jobs`: the same.
create policy "preflight may read" on embedding_jobs for select to preflight_check using (true);
grant select on embedding_jobs to preflight_check;

-- `dimension` with `searched_by`: it calls the search.
create policy "preflight may read" on similarity_cache for select to preflight_check using (true);
grant select on similarity_cache to preflight_check;
grant execute on function match_similar_items to preflight_check;

-- `upsert` with `as`: to become that role. On Postgres 16 and newer, `with inherit false` keeps its rights out of all else.
grant service_role to preflight_check with inherit false;
