import Checklist
import Core
import Gate
import Reports
import Testing

@Suite struct `An explanation` {
  @Test func `of a check, sixty columns wide, wraps words and no code`() {
    let text = ExplanationText(
      .text(Style(width: 60)), redactor: Redactor([Secret("hunter22")]))
    #expect(
      text.document(of: ExplainedSample.check)
        == #"""
        probe.it
          It answers

          Check of kind `probe`: A thing *answers* as it should.

          list.yaml:3:5, severity block, in ci and post-deploy,
          within 10s, needs a and service.b

        Passes when
          It answers within the time that `every_so_often` allows,
          and does so each time.

        Cannot tell when
          Nobody knows.

        Needs
          Nothing.

        Fails when
          it answers nothing
              Ask again.

        What service.database asks, once for all checks that use it
          What is asked shows once URL is set.

        What it asks
          Here: the variable SOME_THING_or_other.

          database is read:

            begin read only;
            select 1 -- one
            ;
            rollback;

          database is read, where that is one:

            begin read only;
            prepare asked as
            select $1,
              $2;
            execute asked('a', null);
            rollback;
            deallocate asked;

          database carries out, and rolls back:

            begin;
            set role x;
            select f();
            rollback;

          the server is sent:

            curl --silent --show-error --include \
              --head \
              --header "X-Key: Bearer ${KEY}" \
              "http://h/${A}/it's"

          edge is sent:

            curl --silent --show-error --include \
              'http://h/$A!'

          edge is sent:

            curl --silent --show-error --include \
              --request PUT \
              --header 'X-Plain: a "b" $C !' \
              --data-raw '{"a": "'"${A}"'", "it'\''s": "‹secret›"}' \
              'http://h/`x`/'"${B}"

        Notes
          Each statement is sent by itself, with its values beside
          it for $1, $2 and so on, and is a transaction of its own
          that cannot write; the server stops it when the check's
          time is up.

          `${NAME}` stands for a secret, or for what is not set
          here; a shell puts its own in the place.

        """#)
  }

  @Test func `of a check in Markdown keeps code as it stands`() {
    let text = ExplanationText(.markdown, redactor: Redactor([Secret("hunter22")]))
    #expect(
      text.document(of: ExplainedSample.check)
        == #"""
        # probe.it

        It answers

        Check of kind `probe`: A thing \*answers\* as it should.

        list.yaml:3:5, severity block, in ci and post-deploy, within 10s, needs a and service.b

        **Passes when**

        It answers within the time that `every_so_often` allows, and does so each time.

        **Cannot tell when**

        Nobody knows.

        **Needs**

        Nothing.

        **Fails when**

        - it answers nothing: Ask again.

        **What service.database asks, once for all checks that use it**

        What is asked shows once URL is set.

        **What it asks**

        Here: the variable SOME_THING_or_other.

        database is read:

        ```sql
        begin read only;
        select 1 -- one
        ;
        rollback;
        ```

        database is read, where that is one:

        ```sql
        begin read only;
        prepare asked as
        select $1,
          $2;
        execute asked('a', null);
        rollback;
        deallocate asked;
        ```

        database carries out, and rolls back:

        ```sql
        begin;
        set role x;
        select f();
        rollback;
        ```

        the server is sent:

        ```sh
        curl --silent --show-error --include \
          --head \
          --header "X-Key: Bearer ${KEY}" \
          "http://h/${A}/it's"
        ```

        edge is sent:

        ```sh
        curl --silent --show-error --include \
          'http://h/$A!'
        ```

        edge is sent:

        ```sh
        curl --silent --show-error --include \
          --request PUT \
          --header 'X-Plain: a "b" $C !' \
          --data-raw '{"a": "'"${A}"'", "it'\''s": "‹secret›"}' \
          'http://h/`x`/'"${B}"
        ```

        **Notes**

        Each statement is sent by itself, with its values beside it for $1, $2 and so on, and is a transaction of its own that cannot write; the server stops it when the check's time is up.

        `${NAME}` stands for a secret, or for what is not set here; a shell puts its own in the place.

        """#)
  }

  @Test func `of a kind shows its settings, those of records too, and an example`() {
    #expect(
      ExplanationText(.text(Style(isColored: true, width: 60))).document(of: ExplainedSample.kind)
        == """
        \u{1b}[1mprobe\u{1b}[0m
          A thing *answers* as it should.

        \u{1b}[1mSettings\u{1b}[0m
          probe           What is probed. Takes the name of a
                          service of kind `postgres`; required. For
                          example `database`.
          every_so_often  How often. Takes a duration such as 500ms,
                          10s, 2m or 1h; `10s` unless given.
          expect          What is expected. Takes a mapping with
                          `status`, or a list of such.
          expect.status   The status. Takes a whole number from 1 to
                          5; required.
          bounds          Which. Takes a mapping with `low` or
                          `high`.
          bounds.low      One. Takes true or false.
          bounds.high     Another. Takes true or false.

        \u{1b}[1mExample\u{1b}[0m
            a: "```"

        \u{1b}[1mPasses when\u{1b}[0m
          It answers within the time that `every_so_often` allows,
          and does so each time.

        \u{1b}[1mCannot tell when\u{1b}[0m
          Nobody knows.

        \u{1b}[1mNeeds\u{1b}[0m
          Nothing.

        \u{1b}[1mFails when\u{1b}[0m
          it answers nothing
              Ask again.

        \u{1b}[1mWhat it asks\u{1b}[0m
          Nothing more.

        """)
    let markdown = ExplanationText(.markdown).document(of: ExplainedSample.kind)
    #expect(markdown.contains("\n````yaml\na: \"```\"\n````\n"))
  }

  @Test func `in a list is one line, and on the reference page says nothing twice`() {
    let service = Explanation(
      of: .kind(example: ""), declaration: ExplainedSample.declaration, isService: true, parts: [])
    let list = ExplanationText(.text(Style(width: 60))).list(of: [service, ExplainedSample.kind])
    #expect(
      list.hasPrefix(
        """
        Kinds of checks
          probe  A thing *answers* as it should.

        Kinds of services
          probe  A thing *answers* as it should.

        """))
    let kind = Explanation(
      of: .kind(example: "a: 1\n"), declaration: ExplainedSample.declaration, isService: false,
      parts: ExplainedSample.check.parts)
    let page = ExplanationText(.markdown).reference(of: [service, kind])
    #expect(page.hasPrefix("# Checks and services\n"))
    #expect(page.contains("\n- [`probe`](#probe): A thing \\*answers\\* as it should.\n"))
    #expect(page.contains("\n- `severity`: Whether a failure stops the release"))
    #expect(page.contains("\n### probe\n"))
    #expect(page.contains("\n**What it asks beyond its services**\n"))
    #expect(!page.contains("once for all checks that use it"))
    #expect(page.ranges(of: "cannot write; the server").count == 1)
  }

  @Test func `shows code of any length whole`() {
    let sql = "select '" + String(repeating: "x", count: 50_000) + "'"
    let long = Explanation(
      of: ExplainedSample.check.subject, declaration: ExplainedSample.declaration, isService: false,
      parts: [.init(questions: .success([Question(.read(sql: sql, parameters: []))]))])
    #expect(ExplanationText(.markdown).document(of: long).contains(sql))
    #expect(ExplanationText(.text(Style())).document(of: long).contains(sql))
  }
}
