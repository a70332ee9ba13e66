import Checklist
import Core
import Gate
import Reports
import Testing

@Suite struct `A receipt's document` {
  private static let receipt = Receipt(
    toolVersion: "0.1.0", checklistPath: "list.yaml", checklistDigest: "sha256:abc",
    phase: .postDeploy, issuedAt: Timestamp(milliseconds: 1_795_428_000_000), isPartial: false,
    isForced: false, waived: ["index.cache"],
    target: TargetIdentity(
      databases: [
        TargetIdentity.Database(
          service: "db", systemIdentifier: "7711666224698284566", database: "app",
          columns: [
            TargetIdentity.Column(
              name: "issues.embedding", relation: 16_733, number: 8, type: "vector(384)")
          ])
      ],
      models: [
        TargetIdentity.Model(
          service: "embedder", endpoint: "https://x/v1", model: "small", dimensions: nil)
      ]))

  private static let document = """
    {
      "schema_version": 1,
      "tool": {
        "name": "preflight",
        "version": "0.1.0"
      },
      "checklist": {
        "path": "list.yaml",
        "digest": "sha256:abc"
      },
      "phase": "post-deploy",
      "issued_at": "2026-11-23T10:00:00Z",
      "partial": false,
      "forced": false,
      "waived": [
        "index.cache"
      ],
      "databases": [
        {
          "service": "db",
          "system_identifier": "7711666224698284566",
          "database": "app",
          "columns": [
            {
              "name": "issues.embedding",
              "relation": 16733,
              "number": 8,
              "type": "vector(384)"
            }
          ]
        }
      ],
      "models": [
        {
          "service": "embedder",
          "endpoint": "https://x/v1",
          "model": "small",
          "dimensions": null
        }
      ]
    }

    """

  @Test func `holds all of it, and is read back as it was`() throws {
    #expect(ReceiptDocument.text(of: Self.receipt) == Self.document)
    #expect(try ReceiptDocument.read(Array(Self.document.utf8)) == Self.receipt)
  }

  @Test(arguments: [
    ("\"schema_version\": 1", "\"schema_version\": 2", ReceiptDocument.Fault.unknownVersion(2)),
    ("\"partial\": false,", "", .malformed("partial")),
    ("\"partial\": false", "\"partial\": \"no\"", .malformed("partial")),
    ("\"forced\": false,", "", .malformed("forced")),
    ("\"phase\": \"post-deploy\"", "\"phase\": \"later\"", .malformed("phase")),
    ("2026-11-23T10:00:00Z", "yesterday", .malformed("issued_at")),
    ("2026-11-23T10:00:00Z", "2026-11-23T24:00:00Z", .malformed("issued_at")),
    ("\"digest\": \"sha256:abc\"", "\"digest\": null", .malformed("digest")),
    ("\"system_identifier\": \"7711666224698284566\",", "", .malformed("system_identifier")),
    ("\"relation\": 16733", "\"relation\": 1.5", .notJSON),
    ("{\n  \"schema_version\"", "{{", .notJSON),
  ])
  func `that lacks something, or says what makes no sense, is none`(
    _ part: String, _ spoilt: String, _ fault: ReceiptDocument.Fault
  ) {
    let text = Self.document.replacing(part, with: spoilt)
    #expect(text != Self.document)
    #expect(throws: fault) { try ReceiptDocument.read(Array(text.utf8)) }
  }

  @Test(arguments: [
    ("\"schema_version\": 1", "\"schema_version\": 2", true),
    ("\"models\"", "\"patterns\"", true),
    ("\"issued_at\"", "\"started_at\"", false),
    ("\"name\": \"preflight\"", "\"name\": \"other\"", false),
    ("  ]\n}\n", "", false),
  ])
  func `is told from another document by what every version of it has`(
    _ part: String, _ spoilt: String, _ isReceipt: Bool
  ) {
    let text = Self.document.replacing(part, with: spoilt)
    #expect(text != Self.document)
    #expect(ReceiptDocument.isReceipt(Array(text.utf8)) == isReceipt)
  }
}
