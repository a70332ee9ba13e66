import Monitor
import Postgres
import TestWorld
import Testing

@testable import Runner

@Suite("The runner's schema", .timeLimit(.minutes(2)))
struct InstallationTests {
  @Test("of another version is refused and left as it is, with the way out")
  func otherVersion() async throws {
    try await TestWorld.run { world in
      try await world.connection.script(
        "create schema preflight; create table preflight.run (old integer)", timeout: .seconds(5))
      #expect(
        try await RunFixture(world).run().ending
          == .aborted(
            .refusedWrite,
            """
            the schema preflight is another version's; once its runs have ended, remove it: \
            psql "$DATABASE_URL" -c 'drop schema preflight cascade'
            """))
      #expect(
        try await world.text(
          """
          select string_agg(relname, ' ') from pg_class
          where relnamespace = 'preflight'::regnamespace
          """) == "run")
    }
  }

  @Test("that somebody has made, and is empty, is filled; what is there is not made again")
  func emptySchema() async throws {
    try await TestWorld.run { world in
      try await world.connection.script("create schema preflight", timeout: .seconds(5))
      let database = Database(world.url)
      try await Installation(database: database).install()
      try await Installation(database: database).install()
      await database.close()
      #expect(
        try await world.text("select obj_description('preflight'::regnamespace)")
          == QueueSchema.version)
      #expect(try await world.number("select count(*) from preflight.run") == 0)
    }
  }
}
