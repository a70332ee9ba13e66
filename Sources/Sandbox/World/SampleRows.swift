/// The sandbox's own texts: what people report about a web application, in a few repositories.
enum SampleRows {
  /// 105 issues, 12 pull requests and 8 discussions, the same in every sandbox.
  static let all: [SourceRow] = {
    let issues = areas.indices.flatMap { area in
      symptoms.map { (RowKind.issue, $0(areas[area])) }
    }
    let others =
      changes.map { (RowKind.pullRequest, $0) } + questions.map { (RowKind.discussion, $0) }
    return (issues + others).enumerated().map { index, entry in
      row(number: index + 1, kind: entry.0, text: entry.1)
    }
  }()

  private typealias Text = (title: String, body: String?)
  private typealias Area = (part: String, action: String)

  private static func row(number: Int, kind: RowKind, text: Text) -> SourceRow {
    func padded(_ number: Int, _ width: Int) -> String {
      String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
    }
    let hours = number % 24
    let day = 1 + number / 24
    return SourceRow(
      id: "5a3d0000-0000-4000-8000-\(padded(number, 12))",
      repository: repositories[number % repositories.count], kind: kind, number: Int32(number),
      title: text.title, body: text.body,
      createdAt: "2025-10-\(padded(day, 2))T\(padded(hours, 2)):30:00Z")
  }

  private static let repositories = ["harbour/web", "harbour/api", "harbour/mobile"]

  /// A part of the application, and what a person does with it.
  private static let areas: [Area] = [
    ("the CSV export", "exporting the yearly report"),
    ("the login page", "signing in with a passkey"),
    ("the search box", "searching for a customer by phone number"),
    ("the invoice list", "sorting invoices by due date"),
    ("the calendar", "moving an appointment to another week"),
    ("the file upload", "uploading a photo from a phone"),
    ("the notification bell", "marking everything as read"),
    ("the billing settings", "changing the credit card"),
    ("the team page", "inviting a colleague"),
    ("the dark theme", "switching themes at night"),
    ("the map view", "zooming into the harbour"),
    ("the chat window", "sending a message with an emoji"),
    ("the webhook sender", "replaying a failed delivery"),
    ("the audit log", "filtering by user"),
    ("the password reset", "following the link in the mail"),
    ("the dashboard chart", "choosing the last thirty days"),
    ("the translation editor", "adding Portuguese texts"),
    ("the print preview", "printing a packing slip"),
    ("the barcode scanner", "scanning a worn label"),
    ("the price calculator", "applying two discounts"),
    ("the offline mode", "coming back from a tunnel"),
  ]

  /// What goes wrong there, or is wished for.
  private static let symptoms: [@Sendable (Area) -> Text] = [
    { area in
      (
        "Crash in \(area.part)",
        "The application stops with an unhandled exception when \(area.action). The stack trace "
          + "ends in a null reference. It worked in the release before."
      )
    },
    { area in
      (
        "Slow response from \(area.part) with many records",
        "With more than ten thousand records, \(area.action) takes over a minute and the database "
          + "is busy all that time. An index may be missing."
      )
    },
    { area in
      (
        "Keyboard and screen reader cannot use \(area.part)",
        "There is no focus ring and no label, so that \(area.action) is impossible without a mouse."
      )
    },
    { area in
      (
        "Wish: remember the last choice in \(area.part)",
        "Each time after \(area.action) the options are back at their defaults. Please keep them."
      )
    },
    { area in ("Unclear error message from \(area.part) while \(area.action)", nil) },
  ]

  private static let changes: [Text] = [
    (
      "Add an index on invoices.due_date", "The list was sorted in memory. 4 s before, 30 ms after."
    ),
    ("Retry webhooks with backoff", "Waits twice as long after each failure, up to an hour."),
    ("Upgrade the image library", "The old one could be made to read past its buffer."),
    ("Show a focus ring on every control", "Closes the accessibility report of the spring."),
    ("Store times with their zone", "Appointments moved by an hour in October."),
    ("Rename the billing module", "It has long done more than send invoices."),
    ("Cache translations in memory", nil),
    ("Remove the old password hashing", "Everybody has signed in since the change."),
    ("Test the export with two million rows", "Memory stays flat now that rows are streamed."),
    ("Send mail from a queue", "A slow mail server no longer holds up the page."),
    ("Let the map load tiles lazily", "Half of the traffic was for tiles that nobody saw."),
    ("Make the deploy fail on a missing secret", "It used to start and then do nothing."),
  ]

  private static let questions: [Text] = [
    (
      "How do you back up attachments?", "We keep them in object storage and wonder about versions."
    ),
    ("Which reverse proxy works best?", "Uploads above 1 MB are refused by ours."),
    ("Can roles be nested?", "A team lead should have what a member has, and a little more."),
    ("Is there a roadmap for the mobile client?", nil),
    (
      "Moving from the hosted edition to our own server", "What should be exported, in which order?"
    ),
    ("Naming of custom fields", "We have four spellings of the customer number by now."),
    ("Who uses the barcode scanner in a cold store?", "Ours does not read frosted labels."),
    ("Searching by meaning, not by words", "Would embeddings of titles and bodies be of use here?"),
  ]
}
