import Core
import FoundationEssentials
import Postgres
import Sandbox
import Testing

@Suite("The project's REST API", .timeLimit(.minutes(2)))
struct RestTests {
  private struct ErrorBody: Decodable, Equatable {
    var code: String?
    var details: String?
    var hint: String?
    var message: String
  }

  private static let progress = "increment_embedding_job_progress"

  /// What is sent to a function, with a key of the project in the header that is for it.
  private func call(
    _ method: String, _ function: String, _ fixture: SandboxFixture,
    as variable: String = "SUPABASE_SERVICE_ROLE_KEY", headers: [String: String] = [:],
    body: String = ""
  ) async throws -> RawHTTP.Reply {
    let key = try #require(fixture.sandbox.environment[variable])
    return try await RawHTTP.send(
      method, "/rest/v1/rpc/\(function)", port: fixture.sandbox.endpoint.port,
      headers: ["apikey": key].merging(headers) { $1 }, body: body)
  }

  @Test("Without a key, with a wrong one and with a bearer that is none, it answers 401")
  func keys() async throws {
    try await SandboxFixture.with { fixture async throws in
      func answer(_ headers: [String: String], _ query: String = "") async throws -> String {
        let reply = try await RawHTTP.send(
          "GET", "/rest/v1/rpc/vector_dims" + query, port: fixture.sandbox.endpoint.port,
          headers: headers)
        return "\(reply.status) \(reply.text)"
      }
      let key = try #require(fixture.sandbox.environment["SUPABASE_ANON_KEY"])
      #expect(
        try await answer([:]) == """
          401 {"message":"No API key found in request",\
          "hint":"No `apikey` request header or url param was found."}
          """)
      let wrong = """
        401 {"message":"Invalid API key",\
        "hint":"Double check your Supabase `anon` or `service_role` API key."}
        """
      #expect(try await answer(["apikey": "sb_publishable_other"]) == wrong)
      #expect(
        try await answer(["apikey": key, "Authorization": "Bearer sb_secret_other"]) == """
          401 {"message":"Expected 3 parts in JWT; got 1","hint":null,"code":"PGRST301","details":null}
          """)
      #expect(
        try await answer(["apikey": key, "Authorization": "Bearer a.b.c"]) == """
          401 {"message":"No suitable key or wrong key type","hint":null,"code":"PGRST301",\
          "details":"None of the keys was able to decode the JWT"}
          """)
      #expect(
        try await answer(["apikey": key, "Authorization": "Bearer \(key)"]).hasPrefix("404 "))
      #expect(try await answer([:], "?apikey=\(key)").hasPrefix("404 "))
    }
  }

  @Test("A function is called as the key's role, in a transaction that is committed")
  func called() async throws {
    try await SandboxFixture.with { fixture async throws in
      _ = try await fixture.database.query("insert into embedding_jobs (items_total) values (9)")
      let id = try #require(try await fixture.value("select id from embedding_jobs"))
      let body = #"{"job_id": "\#(id)", "increment_count": 4}"#
      let done = try await call(
        "POST", Self.progress, fixture, headers: ["Prefer": "tx=rollback"], body: body)
      #expect(done.status == 204)
      #expect(done.text == "")
      #expect(try await fixture.value("select items_processed from embedding_jobs") == "4")

      let anonymous = try await call(
        "POST", Self.progress, fixture, as: "SUPABASE_ANON_KEY", body: body)
      #expect(anonymous.status == 401)
      #expect(
        anonymous.text == """
          {"message":"permission denied for function increment_embedding_job_progress","hint":null,\
          "code":"42501","details":null}
          """)
      _ = try await fixture.database.query(
        "revoke execute on function \(Self.progress) from service_role")
      #expect(
        try await call(
          "POST", Self.progress, fixture, body: body
        ).status == 403)
      #expect(try await fixture.value("select items_processed from embedding_jobs") == "4")
    }
  }

  @Test("Values, rows, sets and a whole body come and go as PostgREST has them")
  func shapes() async throws {
    try await SandboxFixture.with { fixture async throws in
      try await fixture.database.script(
        """
        create function add(a integer, b integer default 2) returns integer language sql stable
          as 'select a + b';
        create function pair() returns table (x integer, y text) language sql immutable
          as $$ values (1, 'one'), (2, 'two') $$;
        create function first_job() returns embedding_jobs language sql stable
          as 'select * from embedding_jobs limit 1';
        create function whole(jsonb) returns jsonb language sql immutable as $$ select $1 -> 'a' $$;
        create function length_of(v vector) returns integer language sql immutable
          as 'select vector_dims(v)';
        create function whoami() returns text language sql stable as 'select current_user::text';
        notify pgrst, 'reload schema';
        """, timeout: .seconds(10))
      func answer(_ method: String, _ function: String, _ body: String = "") async throws -> String
      {
        let reply = try await call(method, function, fixture, body: body)
        return "\(reply.status) \(reply.text)"
      }
      #expect(try await answer("GET", "add?a=1") == "200 3")
      #expect(try await answer("POST", "add", #"{"a": 1, "b": 5}"#) == "200 6")
      #expect(
        try await answer("GET", "pair") == #"200 [{"x":1,"y":"one"}, \#n {"x":2,"y":"two"}]"#)
      #expect(try await answer("GET", "first_job").hasPrefix("200 "))
      #expect(try await answer("POST", "whole", #"{"a": [1]}"#) == "200 [1]")
      #expect(try await answer("POST", "length_of", #"{"v": [1, 2, 3]}"#) == "200 3")
      #expect(try await answer("GET", "whoami") == #"200 "service_role""#)
      #expect(
        try await answer("POST", "add", "[") == """
          400 {"message":"Empty or invalid json","hint":null,"code":"PGRST102","details":null}
          """)
      let bad = try await call("GET", "add?a=one", fixture)
      #expect(bad.status == 400)
      #expect(
        try bad.json(ErrorBody.self)
          == ErrorBody(
            code: "22P02", message: #"invalid input syntax for type integer: "one""#))
    }
  }

  @Test("A function is found by its name and exactly the names of its arguments")
  func names() async throws {
    try await SandboxFixture.with { fixture async throws in
      let renamed = try await call(
        "POST", Self.progress, fixture, body: #"{"job": 1, "increment_count": 1}"#)
      #expect(renamed.status == 404)
      #expect(
        try renamed.json(ErrorBody.self)
          == ErrorBody(
            code: "PGRST202",
            details: """
              Searched for the function public.increment_embedding_job_progress with parameters \
              increment_count, job or with a single unnamed json/jsonb parameter, but no matches \
              were found in the schema cache.
              """,
            hint: """
              Perhaps you meant to call the function \
              public.increment_embedding_job_progress(increment_count, job_id)
              """,
            message: """
              Could not find the function \
              public.increment_embedding_job_progress(increment_count, job) in the schema cache
              """))
      let unknown = try await call("GET", "increment_embedding_job_progres", fixture)
      #expect(
        try unknown.json(ErrorBody.self)
          == ErrorBody(
            code: "PGRST202",
            details: """
              Searched for the function public.increment_embedding_job_progres without parameters, \
              but no matches were found in the schema cache.
              """,
            hint:
              "Perhaps you meant to call the function public.increment_embedding_job_progress",
            message: """
              Could not find the function public.increment_embedding_job_progres without parameters \
              in the schema cache
              """))
    }
  }

  @Test("Overloads that a call cannot tell apart are 300, and it asks to rename")
  func ambiguous() async throws {
    try await SandboxFixture.with { fixture async throws in
      try await fixture.database.script(
        """
        create function f(a uuid) returns void language sql as '';
        create function f(a text, b text default '') returns void language sql as '';
        notify pgrst;
        """, timeout: .seconds(10))
      let reply = try await call("POST", "f", fixture, body: #"{"a": "x"}"#)
      #expect(reply.status == 300)
      #expect(
        try reply.json(ErrorBody.self)
          == ErrorBody(
            code: "PGRST203",
            hint: """
              Try renaming the parameters or the function itself in the database so function \
              overloading can be resolved
              """,
            message: """
              Could not choose the best candidate function between: public.f(a => uuid), \
              public.f(a => text, b => text)
              """))
    }
  }

  @Test("GET reads only; OPTIONS finds a function without calling it")
  func methods() async throws {
    try await SandboxFixture.with { fixture async throws in
      _ = try await fixture.database.query("insert into embedding_jobs (items_total) values (9)")
      let id = try #require(try await fixture.value("select id from embedding_jobs"))
      let query = "\(Self.progress)?job_id=\(id)&increment_count=1"
      let get = try await call("GET", query, fixture)
      #expect(get.status == 405)
      #expect(
        try get.json(ErrorBody.self)
          == ErrorBody(code: "25006", message: "cannot execute UPDATE in a read-only transaction"))
      let options = try await call("OPTIONS", query, fixture)
      #expect(options.status == 200)
      #expect(options.headers["allow"] == "OPTIONS,POST")
      #expect(try await call("OPTIONS", query + "&c=1", fixture).status == 404)
      try await fixture.database.script(
        """
        create function steady() returns integer language sql stable as 'select 1';
        notify pgrst, 'reload schema';
        """, timeout: .seconds(10))
      let stable = try await call("OPTIONS", "steady", fixture, as: "SUPABASE_ANON_KEY")
      #expect(stable.headers["allow"] == "OPTIONS,GET,HEAD,POST")
      #expect(try await call("PATCH", query, fixture).status == 405)
      #expect(
        try await call("OPTIONS", query, fixture, headers: ["Accept-Profile": "private"]).text
          == """
          {"message":"Invalid schema: private","hint":"Only the following schemas are exposed: public",\
          "code":"PGRST106","details":null}
          """)
      #expect(try await fixture.value("select items_processed from embedding_jobs") == "0")
    }
  }

  @Test("stale-schema-cache: the database has the function, the API only after a notify")
  func stale() async throws {
    try await SandboxFixture.with([.staleSchemaCache]) { fixture async throws in
      #expect(
        try await fixture.value("select count(*) from pg_proc where proname = '\(Self.progress)'")
          == "1")
      let query = "\(Self.progress)?job_id=&increment_count="
      #expect(try await call("OPTIONS", query, fixture).status == 404)
      try await fixture.database.script("notify pgrst, 'reload config'", timeout: .seconds(10))
      #expect(try await call("OPTIONS", query, fixture).status == 404)
      try await fixture.database.script("notify pgrst, 'reload schema'", timeout: .seconds(10))
      #expect(try await call("OPTIONS", query, fixture).status == 200)
    }
  }

  @Test("Whatever else a project has below /rest/v1 is not played, and says so")
  func elsewhere() async throws {
    try await SandboxFixture.with { fixture async throws in
      let key = try #require(fixture.sandbox.environment["SUPABASE_ANON_KEY"])
      for (path, code) in [("", "PGRST126"), ("issues", "PGRST125"), ("rpc", "PGRST125")] {
        let reply = try await RawHTTP.send(
          "GET", "/rest/v1/\(path)", port: fixture.sandbox.endpoint.port, headers: ["apikey": key])
        #expect(reply.status == 404)
        #expect(try reply.json(ErrorBody.self).code == code)
      }
    }
  }
}
