/// The runner's own tables, in the schema `preflight` of the user's database.
package enum QueueSchema {
  /// Raised by `preflight.require` when a statement wrote fewer rows than it had to.
  package static let shortWrite = "PF001"

  /// What the schema's comment says; it changes whenever a table does.
  static let version = "the queue of preflight, version 4"

  /// The whole schema as SQL that can be run again without harm.
  ///
  /// The items of a run are the elements of its batches, each in one batch, known by their position in
  /// the run. A batch is claimed, leased and stored as a whole, by one row: whatever befalls some of its
  /// items alone cuts it in two. It is in state 0 pending, 1 leased, 2 stored or 4 gone, and has an end of its
  /// lease in state 1 alone. What is given up has a row of its own for each item, which stays after the run. Of
  /// stored texts the digests are kept; where the source is a view, which may not show a row any more
  /// once it is stored, `stored_keys` names the rows of upserted tables, each as the text of an array. A
  /// profile is kept under the digest of the endpoint's address, the model and the number of
  /// dimensions. All times are the database's clock.
  package static let sql = """
    create schema if not exists preflight;
    comment on schema preflight is '\(version)';

    create table if not exists preflight.run (
      id uuid primary key default gen_random_uuid(),
      pipeline text not null,
      fingerprint text not null,
      state text not null,
      reason text,
      detail text,
      job_id text,
      choice text,
      choice_digest text,
      is_part boolean not null default false,
      unchanged integer not null default 0,
      total integer not null default 0,
      processed integer not null default 0,
      failed integer not null default 0,
      skipped integer not null default 0,
      requests integer not null default 0,
      retries integer not null default 0,
      tokens bigint not null default 0,
      latest_fault text,
      budget integer not null default 25,
      refusals integer not null default 0,
      pause_until timestamptz not null default '-infinity',
      audit_until timestamptz not null default '-infinity',
      created_at timestamptz not null default clock_timestamp(),
      progressed_at timestamptz not null default clock_timestamp(),
      finished_at timestamptz
    );
    create unique index if not exists run_open on preflight.run (pipeline)
      where finished_at is null;

    create table if not exists preflight.batch (
      id bigint generated always as identity primary key,
      run_id uuid not null,
      state smallint not null default 0,
      positions integer[] not null,
      keys text[] not null,
      hashes bigint[],
      stored_keys text[],
      attempts smallint not null default 0,
      soft_faults smallint not null default 0,
      token uuid,
      lease_until timestamptz,
      not_before timestamptz not null default '-infinity',
      first integer generated always as (positions[1]) stored
    );
    -- It is small, and holds many items for its size: as many processes share it as the server gives. And a
    -- row that fits on a page stays there whole: to have it compressed would take longer than to write it.
    alter table preflight.batch set (parallel_workers = 8, toast_tuple_target = 8160);
    create index if not exists batch_pending on preflight.batch (run_id, first) where state = 0;
    create index if not exists batch_leased on preflight.batch (run_id, lease_until)
      where lease_until is not null;
    create index if not exists batch_token on preflight.batch (token) where token is not null;

    create table if not exists preflight.dead (
      run_id uuid not null,
      position integer not null,
      key text not null,
      source_hash text,
      class text not null,
      detail text not null,
      primary key (run_id, position)
    );
    create index if not exists dead_key on preflight.dead (key);

    create table if not exists preflight.worker (
      id uuid primary key,
      run_id uuid not null references preflight.run on delete cascade,
      host text not null,
      pid integer not null,
      in_flight integer not null default 0,
      beat_at timestamptz not null default clock_timestamp()
    );

    create table if not exists preflight.profile (
      endpoint text primary key,
      model text not null,
      dimensions text,
      base64 text,
      accepted_batch integer,
      largest_batch integer,
      is_normalised boolean,
      is_deterministic boolean,
      known_text text not null,
      known_vector real[] not null,
      learned_at timestamptz not null default clock_timestamp()
    );

    create or replace function preflight.require(holds boolean, what text) returns void
    language plpgsql as $$
    begin
      if not holds then
        raise exception using errcode = '\(shortWrite)', message = what;
      end if;
    end
    $$;
    """
}
