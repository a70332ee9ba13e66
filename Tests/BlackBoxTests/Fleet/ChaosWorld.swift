import Core
import Postgres
import Sandbox
import Testing

/// Rows to embed, and a ledger of every vector that is written and of every row that is deleted.
struct ChaosWorld: Sendable {
  let stage: Stage
  /// Straight to the server, past the pooler.
  let connection: Connection
  let directURL: String

  /// Makes the rows and the ledger on a stage that has a pooler.
  static func create(on stage: Stage, items: Int) async throws -> ChaosWorld {
    let port = try #require(try await stage.text("select inet_server_port()::text"))
    let url = stage.sandbox.databaseURL.reveal {
      $0.replacing(/127\.0\.0\.1:\d+/, with: "127.0.0.1:\(port)")
    }
    let connection = try await Connection.open(Secret(url), timeout: .seconds(10))
    try await connection.script(
      """
      delete from issues;
      insert into issues (id, repository_id, number, title, body, created_at, updated_at)
      select gen_random_uuid(), 'the/repository', number, 'The title of ' || number,
        'What was ' || md5(number::text) || ' is ' || md5('now' || number), now(), now()
      from generate_series(1, \(items)) as number;
      create unique index on issues (number);
      create table ledger (
        place text, item uuid, content_hash text, at timestamptz default clock_timestamp());
      create table deleted (item uuid, at timestamptz default clock_timestamp());
      create function note_issue() returns trigger language plpgsql as $$
        begin insert into ledger values ('issues', new.id, new.content_hash); return null; end $$;
      create function note_cached() returns trigger language plpgsql as $$
        begin insert into ledger values ('cache', new.item_id, new.content_hash); return null; end $$;
      create function note_deleted() returns trigger language plpgsql as $$
        begin insert into deleted values (old.id); return null; end $$;
      create trigger note after update of embedding on issues
        for each row execute function note_issue();
      create trigger note after insert or update on similarity_cache
        for each row execute function note_cached();
      create trigger note_delete after delete on issues for each row execute function note_deleted();
      analyze;
      """, timeout: .seconds(60))
    return ChaosWorld(stage: stage, connection: connection, directURL: url)
  }

  /// What the jobs count.
  func counted() async throws -> Int {
    try await number("select coalesce(sum(items_processed), 0) from embedding_jobs")
  }

  func number(_ sql: String) async throws -> Int {
    let rows = try await connection.query(
      "select (\(sql))::int8 as number", timeout: .seconds(60))
    return try #require(try rows.first?.int("number"))
  }

  func edit(_ rows: [Int32], mark: Int) async throws -> Int {
    // The clock as it is once the row is free: not the time at which the edit began to wait for it.
    try await connection.query(
      """
      update issues set title = 'Edited ' || number || ' for the ' || $2, updated_at = clock_timestamp()
      where number = any ($1)
      """, [.int4Array(rows), .text("\(mark)")]
    ).affectedRows
  }

  func delete(_ rows: [Int32]) async throws -> Int {
    try await connection.query("delete from issues where number = any ($1)", [.int4Array(rows)])
      .affectedRows
  }

  func endSessions(salt: Int) async throws -> Int {
    try await number(
      """
      select count(pg_terminate_backend(pid)) from (
        select pid from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
        order by md5(pid::text || \(salt)) limit 3) as chosen
      """)
  }

  /// What must hold when all is quiet; answers how many vectors were written.
  func audit() async throws -> Int {
    let writes = try await number("select count(*) from ledger where place = 'issues'")
    #expect(try await counted() == writes)
    for place in ["issues", "cache"] {
      let distinct = try await number(
        """
        select count(*) from (
          select distinct item, content_hash from ledger where place = '\(place)') as written
        """)
      #expect(distinct == writes, "\(place)")
    }
    #expect(try await number("select count(*) from ledger where place = 'cache'") == writes)
    #expect(
      try await number(
        "select count(*) from ledger join deleted using (item) where ledger.at > deleted.at") == 0)
    #expect(
      try await number(
        """
        select count(*) from issues left join similarity_cache as cache on cache.item_id = issues.id
        where issues.embedding is null or issues.embedding_generated_at < issues.updated_at
          or issues.content_hash <> encode(sha256(
            convert_to(concat_ws(' ', title, body), 'UTF8')), 'hex')
          or cache.embedding is distinct from issues.embedding
          or cache.content_hash is distinct from issues.content_hash
        """) == 0)
    #expect(try await foreignVectors() == 0)
    #expect(
      try await number(
        """
        select count(*) from preflight.run where finished_at is null or failed > 0
          or state not in ('verified', 'nothing-to-do')
        """) == 0)
    #expect(try await number("select count(*) from preflight.run where state = 'verified'") > 0)
    return writes
  }

  /// How many rows have another vector than the model gives for their text as it is now.
  private func foreignVectors() async throws -> Int {
    let model = FeatureHashing(dimensions: 384)
    let types = try await connection.query(
      "select 'vector'::regtype::oid::int8 as element, 'vector[]'::regtype::oid::int8 as array")
    let type = try #require(types.first)
    let (element, array) = (UInt32(try type.int("element")), UInt32(try type.int("array")))
    var (foreign, seen, last) = (0, 0, 0)
    while true {
      let rows = try await connection.query(
        """
        select number, concat_ws(' ', title, body) as text from issues
        where number > $1 order by number limit 1000
        """, [.int4(Int32(last))])
      var (numbers, vectors): ([Int32], [[Float]]) = ([], [])
      for row in rows {
        numbers.append(Int32(try row.int("number")))
        vectors.append(model.vector(of: try row.text("text")))
      }
      guard let greatest = numbers.last else { break }
      (last, seen) = (Int(greatest), seen + numbers.count)
      foreign +=
        try await connection.query(
          """
          select count(*) as foreign from unnest($1, $2) as given (number, embedding)
          join issues using (number) where issues.embedding is distinct from given.embedding
          """,
          [
            .int4Array(numbers), .vectors(vectors, arrayOID: array, elementOID: element),
          ], timeout: .seconds(60)
        ).first?.int("foreign") ?? .max
    }
    #expect(try await number("select count(*) from issues") == seen)
    return foreign
  }
}
