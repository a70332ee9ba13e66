import Gate
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(1))) struct LeastPrivilegeTests {
  @Test("A role that may only connect can judge everything of the catalog")
  func catalog() async throws {
    try await TestWorld.run { world in
      try await world.execute(
        """
        create index on issues using hnsw (embedding vector_cosine_ops);
        create function search(q vector) returns setof issues language sql
          as 'select * from issues order by embedding <=> q limit 5';
        """)
      try await Role.with(in: world) { role in
        let go = try await Go(
          [
            "function: 'increment_embedding_job_progress(job_id uuid, increment_count integer)'",
            "table: embedding_jobs, privileges: {service_role: select}",
            "upsert: similarity_cache, on_conflict: [repository_id, item_type, item_id]",
            "extension: vector, at_least: 0.7.0, schema: public",
            "vector_index: issues.embedding, metric: cosine, searched_by: search",
          ], url: role.url)
        #expect(go.ids(.pass) == ["service.database", "c0", "c1", "c2", "c3", "c4"])
      }
    }
  }

  @Test("A schema that the role may not use is no pass and no failure, and the fix opens it")
  func schema() async throws {
    try await TestWorld.run { world in
      try await world.execute("create schema closed; create table closed.t (a int)")
      try await Role.with(in: world) { role in
        let finding = try #require(try await Go(["table: closed.t"], url: role.url)["c0"])
        #expect(finding.status == .error)
        #expect(
          finding.message
            == "the database gave no answer: permission denied for schema closed [42501]")
        #expect(finding.fix == "grant usage on schema closed to \(role.name);")
        try await world.execute(try #require(finding.fix))
        #expect(try await Go(["table: closed.t"], url: role.url)["c0"]?.status == .pass)
      }
    }
  }
}
