import Gate
import Reports
import Testing

@Suite struct `A text report by its style` {
  @Test func `an id wider than its column stands by itself, and all others stay in theirs`() {
    let id = "similarity-cache.embedding-comes-back-as-it-went-in"
    let report = Sample.report([
      Sample.outcome("key", .pass("the key is good"), line: 1),
      Sample.outcome(id, .pass("a vector comes back, and is found first"), line: 2),
      Sample.outcome(
        id + ".titled", .fail("it is lost", expected: "a", observed: "b", fix: "c"),
        title: "A round trip", line: 3),
      Sample.outcome(
        id + ".bare", .fail("it is lost", expected: "a", observed: "b", fix: "c"), line: 4),
      Sample.outcome(String(repeating: "x", count: 70), .skip(because: "key"), line: 5),
    ])
    let lines = report.rendered(as: .text, style: Style(width: 60))
      .split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3).dropLast(5)
    #expect(
      lines.joined(separator: "\n") == """
        ✓ key  the key is good                                   3ms

        ✓ similarity-cache.embedding-comes-back-as-it-went-in
               a vector comes back, and is found first           3ms

        ✗ similarity-cache.embedding-comes-back-as-it-went-in.titled
               A round trip                                      3ms
            checklists/embeddings.yaml:3:5
            it is lost
            expected  a
            observed  b
            fix
              c

        ✗ similarity-cache.embedding-comes-back-as-it-went-in.bare  3ms
            checklists/embeddings.yaml:4:5
            it is lost
            expected  a
            observed  b
            fix
              c

        - \(String(repeating: "x", count: 70))
               not asked, because key does not stand
        """)
  }

  @Test func `sixty columns without Unicode are readable`() {
    #expect(
      Sample.excerpt.rendered(as: .text, style: Style(isUnicode: false, width: 60))
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 1.31s

        + service.database  connected to PostgreSQL 18.1        12ms

        x dimension                                             96ms
            checklists/embeddings.yaml:29:5
            text-embedding-3-small gives 1536 numbers where
            similarity_cache.embedding takes 384
            expected  384
            observed  1536
            fix
              services:
                embedder:
                  dimensions: 384

        - round.trip
            not asked, because key.openai does not stand

        ! jobs.healthy                                           3ms
            checklists/embeddings.yaml:51:5, severity warn
            2 jobs make no progress
            expected  no job without progress for 30m
            observed  2
            fix
              preflight jobs recover --dry-run

        + run of issues: verified
            items     100: 100 stored, 0 failed, 0 skipped
            rate      41.2/s over 2.43s
            requests  7, 0 retries
            tokens    9120, $0.000182
            job       7d0c2c1e-6a35-4a54-9c5f-0d4f6f4f3a11
            audit     0 missing, 0 of a wrong dimension, 0 of norm
                      0, 0 duplicates
                      self-search: a stored row is found first by
                      its own vector
                      0 stuck jobs

        4 planned = 3 ran + 1 skipped: 1 passed, 2 failed, 0 could
        not tell; 1 warning
        partial: --only or --skip left out some of the checklist's
        checks
        NO-GO: 1 blocking check failed. Next: preflight explain secret.openai

        """#)
  }

  @Test func `an id that is longer than its column keeps its distance from what follows`() {
    let report = Sample.report([
      Sample.outcome("function.increment_embedding_job_progress", .pass("it exists"), line: 6)
    ])
    let text = report.rendered(as: .text, style: Style(width: 72))
    #expect(
      text.contains("\n✓ function.increment_embedding_job_progress  it exists               3ms\n"))
  }

  @Test func `the verbose form shows what passed checks say, and evidence`() {
    #expect(
      Sample.healthy.rendered(as: .text, style: Style(width: 60, isVerbose: true))
        == #"""
        preflight 0.1.0: checklists/embeddings.yaml
        pre-deploy, 2026-11-23T10:00:00Z, 412ms

        ✓ service.database  connected to PostgreSQL 18.1        12ms
            evidence
              server_version: 18.1

        ✓ secret.openai                                        151ms
            OPENAI_API_KEY is set and is stored in edge

        ✓ dimension         One dimension everywhere            96ms
            the model, the probe and the column agree on 384
            evidence
              indexes: issues_embedding_idx
              probe: 384
              searched: no

        ✓ jobs.healthy      no job is stuck                      3ms

        4 planned = 4 ran + 0 skipped: 4 passed, 0 failed, 0 could
        not tell; 0 warnings
        GO: 3 blocking checks passed. Next: preflight launch checklists/embeddings.yaml

        """#)
  }
}
