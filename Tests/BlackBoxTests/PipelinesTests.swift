import Postgres
import Sandbox
import Testing

/// The folder `Pipelines`: checklists of three pipelines each.
@Suite("Several pipelines", .timeLimit(.minutes(2)))
struct PipelinesTests {
  /// Runs a checklist's pipelines in a sandbox, and answers what was said and what the database has.
  private func run(
    _ checklist: String, _ options: [String] = []
  ) async throws -> (status: Int32, said: [String], stored: String?) {
    let sandbox = try await Sandbox.start(SandboxOptions())
    do {
      let result = try await Program.run(
        ["run", "Tests/BlackBoxTests/Pipelines/\(checklist).yaml", "--ungated"] + options,
        environment: sandbox.environment)
      let connection = try await Connection.open(sandbox.databaseURL, timeout: .seconds(10))
      let stored = try await connection.query(
        """
        select string_agg(told, ', ' order by told) from (
          select item_type || ' ' || count(*) as told from similarity_cache group by item_type
          union all select concat_ws(' ', 'job', status, items_processed, 'of', items_total)
            from embedding_jobs) as facts
        """
      ).first?.optionalText(.at(0))
      await connection.close()
      await sandbox.stop()
      let lines = result.output.split(separator: "\n").map(String.init)
      let said = lines.filter { $0.contains(" run of ") || $0 == lines.last }
      return (result.status, said, stored)
    } catch {
      await sandbox.stop()
      throw error
    }
  }

  @Test("run in the checklist's order, each with a job row and a verdict of its own")
  func sound() async throws {
    let (status, said, stored) = try await run("sound")
    #expect(status == 0)
    #expect(
      said == [
        "✓ run of threads: verified", "✓ run of bugs: verified", "✓ run of reviews: verified",
        "VERIFIED: 125 of 125 items stored by 3 pipelines",
      ])
    #expect(
      stored
        == "bugs 105, job completed 105 of 105, job completed 12 of 12, job completed 8 of 8, "
        + "reviews 12, threads 8")
  }

  @Test("one that fails keeps no other from its work, and decides how the program ends")
  func broken() async throws {
    let (status, said, stored) = try await run("one-broken")
    #expect(status == 4)
    #expect(
      said == [
        "✓ run of threads: verified", "✗ run of bugs: aborted, refused-write",
        "✓ run of reviews: verified",
        "RUN FAILED: bugs aborted, refused-write. "
          + "Next: preflight jobs Tests/BlackBoxTests/Pipelines/one-broken.yaml",
      ])
    #expect(stored == "job completed 12 of 12, job completed 8 of 8, reviews 12, threads 8")
  }

  @Test("one that is named runs alone")
  func named() async throws {
    let (status, said, stored) = try await run(
      "sound", ["--pipeline", "bugs", "--where", "number > 100"])
    #expect(status == 0)
    #expect(
      said == [
        #"✓ run of bugs: verified, of a part: --where "number > 100""#,
        #"PARTIAL: 5 of 5 items stored, others left out by --where "number > 100""#,
      ])
    #expect(stored == "bugs 5, job completed 5 of 5")
  }
}
