import Gate
import TestWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct JobsCheckTests {
  private static let jobs = """
    insert into embedding_jobs (status, items_total, items_processed, error_message, updated_at)
    values ('processing', 100, 1, null, now() - interval '2 hours'),
      ('processing', 100, 1, null, now() - interval '5 minutes'),
      ('completed', 40, 0, null, now()), ('completed', 0, 0, null, now()),
      ('completed', 5, 5, null, now()), ('failed', 5, 1, ' ', now()),
      ('failed', 5, 1, 'no key', now()), ('pending', 7, 0, null, now());
    """

  @Test("Stuck, empty and silent jobs and the backlog are told together, and the fix clears them")
  func everything() async throws {
    try await TestWorld.run { world in
      try await world.execute(Self.jobs)
      let check = "jobs: embedding_jobs, stuck_after: 1h, backlog: '< 100'"
      let finding = try await Go.finding(check, in: world)
      let observed = """
        1 job stuck in processing, the longest without progress for 2h; 1 job completed with 0 of 40 \
        items; 1 job failed without a message; a backlog of 205 items
        """
      #expect(finding.status == .fail)
      #expect(finding.message == "embedding_jobs: \(observed)")
      #expect(
        finding.expected == """
          no job without progress for 1h; no job completed with 0 of its items; a message with each \
          failed job; a backlog < 100
          """)
      #expect(
        finding.evidence == [
          "stuck": .number(1), "empty": .number(1), "silent": .number(1), "backlog": .number(205),
        ])
      let fixes = try #require(finding.fix).split(separator: "\n")
      #expect(fixes.count == 4)
      #expect(fixes.last == "preflight run --until-empty")
      for fix in fixes.dropLast() { try await world.execute(String(fix)) }
      let cleared = try await Go.finding("jobs: embedding_jobs, stuck_after: 1h", in: world)
      #expect(
        cleared.message == """
          embedding_jobs has no job without progress for 1h, no job completed with 0 of its items and \
          a message with each failed job
          """)
    }
  }

  @Test(
    "A check asks only what it is told to",
    arguments: [
      ("stuck", "1 job stuck in processing, the longest without progress for 2h"),
      ("empty", "1 job completed with 0 of 40 items"), ("silent", "1 job failed without a message"),
    ])
  func assertions(_ assertion: String, _ observed: String) async throws {
    try await TestWorld.run { world in
      try await world.execute(Self.jobs)
      let finding = try await Go.finding("jobs: embedding_jobs, assert: \(assertion)", in: world)
      #expect(finding.observed == observed)
    }
  }

  @Test("A table without the columns of a job says which one it lacks")
  func columns() async throws {
    try await TestWorld.run { world in
      let finding = try await Go.finding("jobs: issues", in: world)
      #expect(finding.status == .fail)
      #expect(finding.message == "column \"status\" does not exist")
      let table = try await Go.finding("jobs: jobs", in: world)
      #expect(table.message == "relation \"jobs\" does not exist")
    }
  }

  @Test("A role from whom row security hides jobs cannot tell")
  func rowSecurity() async throws {
    try await TestWorld.run { world in
      try await Role.with(in: world) { role in
        let refused = try #require(try await Go(["jobs: embedding_jobs"], url: role.url)["c0"])
        #expect(refused.status == .error)
        #expect(refused.message == "permission denied for table embedding_jobs")
        #expect(refused.fix == "grant select on embedding_jobs to \(role.name);")
        try await world.execute(try #require(refused.fix))
        let hidden = try #require(try await Go(["jobs: embedding_jobs"], url: role.url)["c0"])
        #expect(hidden.status == .error)
        #expect(
          hidden.message == "row security may hide jobs of embedding_jobs from \(role.name)")
        try await world.execute(try #require(hidden.fix))
        #expect(try await Go(["jobs: embedding_jobs"], url: role.url)["c0"]?.status == .pass)
      }
    }
  }
}
