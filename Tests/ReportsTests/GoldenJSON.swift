import Reports
import Testing

/// Whole documents, as a machine reads them.
enum GoldenJSON {
  static let verified = #"""
    {
      "schema_version": 1,
      "tool": {
        "name": "preflight",
        "version": "0.1.0"
      },
      "checklist": {
        "path": "checklists/embeddings.yaml",
        "digest": "sha256:5d41402abc4b2a76b9719d911017c592"
      },
      "phase": "pre-deploy",
      "partial": true,
      "started_at": "2026-11-23T10:00:00Z",
      "duration_ms": 1311,
      "summary": {
        "planned": 4,
        "pass": 1,
        "fail": 2,
        "error": 0,
        "skip": 1,
        "warnings": 1,
        "waived": 0
      },
      "exit": {
        "code": 1,
        "reason": "no-go"
      },
      "checks": [
        {
          "id": "service.database",
          "kind": "postgres",
          "title": null,
          "severity": "block",
          "status": "pass",
          "duration_ms": 12,
          "location": {
            "file": "checklists/embeddings.yaml",
            "line": 6,
            "column": 5
          },
          "expected": null,
          "observed": null,
          "message": "connected to PostgreSQL 18.1",
          "fix": null,
          "because": null,
          "attempts": 1,
          "waiver": null,
          "evidence": {}
        },
        {
          "id": "dimension",
          "kind": "dimension",
          "title": null,
          "severity": "block",
          "status": "fail",
          "duration_ms": 96,
          "location": {
            "file": "checklists/embeddings.yaml",
            "line": 29,
            "column": 5
          },
          "expected": "384",
          "observed": "1536",
          "message": "text-embedding-3-small gives 1536 numbers where similarity_cache.embedding takes 384",
          "fix": "services:\n  embedder:\n    dimensions: 384\n",
          "because": null,
          "attempts": 1,
          "waiver": null,
          "evidence": {}
        },
        {
          "id": "round.trip",
          "kind": "round_trip",
          "title": null,
          "severity": "block",
          "status": "skip",
          "duration_ms": 0,
          "location": {
            "file": "checklists/embeddings.yaml",
            "line": 44,
            "column": 5
          },
          "expected": null,
          "observed": null,
          "message": "not asked, because key.openai does not stand",
          "fix": null,
          "because": "key.openai",
          "attempts": 0,
          "waiver": null,
          "evidence": {}
        },
        {
          "id": "jobs.healthy",
          "kind": "jobs",
          "title": null,
          "severity": "warn",
          "status": "fail",
          "duration_ms": 3,
          "location": {
            "file": "checklists/embeddings.yaml",
            "line": 51,
            "column": 5
          },
          "expected": "no job without progress for 30m",
          "observed": "2",
          "message": "2 jobs make no progress",
          "fix": "preflight jobs recover --dry-run",
          "because": null,
          "attempts": 1,
          "waiver": null,
          "evidence": {}
        }
      ],
      "run": {
        "verdict": "verified",
        "reason": null,
        "message": null,
        "pipeline": "issues",
        "job_id": "7d0c2c1e-6a35-4a54-9c5f-0d4f6f4f3a11",
        "items": 100,
        "processed": 100,
        "failed": 0,
        "unchanged": 0,
        "part": null,
        "rate_per_second": 41.2,
        "requests": 7,
        "retries": 0,
        "tokens": 9120,
        "cost_usd": 0.0001824,
        "audit": {
          "missing": 0,
          "wrong_dimension": 0,
          "zero_norm": 0,
          "duplicates": 0,
          "self_search": "pass"
        },
        "samples": [
          {
            "at_ms": 500,
            "processed": 21,
            "failed": 0,
            "in_flight": 2
          },
          {
            "at_ms": 2427,
            "processed": 100,
            "failed": 0,
            "in_flight": 0
          }
        ]
      },
      "runs": [
        {
          "verdict": "verified",
          "reason": null,
          "message": null,
          "pipeline": "issues",
          "job_id": "7d0c2c1e-6a35-4a54-9c5f-0d4f6f4f3a11",
          "items": 100,
          "processed": 100,
          "failed": 0,
          "unchanged": 0,
          "part": null,
          "rate_per_second": 41.2,
          "requests": 7,
          "retries": 0,
          "tokens": 9120,
          "cost_usd": 0.0001824,
          "audit": {
            "missing": 0,
            "wrong_dimension": 0,
            "zero_norm": 0,
            "duplicates": 0,
            "self_search": "pass"
          },
          "samples": [
            {
              "at_ms": 500,
              "processed": 21,
              "failed": 0,
              "in_flight": 2
            },
            {
              "at_ms": 2427,
              "processed": 100,
              "failed": 0,
              "in_flight": 0
            }
          ]
        }
      ]
    }

    """#

  static let aborted = #"""
    {
      "schema_version": 1,
      "tool": {
        "name": "preflight",
        "version": "0.1.0"
      },
      "checklist": {
        "path": "checklists/embeddings.yaml",
        "digest": "sha256:5d41402abc4b2a76b9719d911017c592"
      },
      "phase": "pre-deploy",
      "partial": false,
      "started_at": "2026-11-23T10:00:00Z",
      "duration_ms": 412,
      "summary": {
        "planned": 1,
        "pass": 1,
        "fail": 0,
        "error": 0,
        "skip": 0,
        "warnings": 0,
        "waived": 0
      },
      "exit": {
        "code": 4,
        "reason": "run-failed"
      },
      "checks": [
        {
          "id": "dimension",
          "kind": "dimension",
          "title": null,
          "severity": "block",
          "status": "pass",
          "duration_ms": 3,
          "location": {
            "file": "checklists/embeddings.yaml",
            "line": 29,
            "column": 5
          },
          "expected": null,
          "observed": null,
          "message": "all agree on 384",
          "fix": null,
          "because": null,
          "attempts": 1,
          "waiver": null,
          "evidence": {}
        }
      ],
      "run": {
        "verdict": "aborted",
        "reason": "audit-failed",
        "message": "3 stored items have no current vector; the job row says 100, stored are 97",
        "pipeline": "issues",
        "job_id": null,
        "items": 100,
        "processed": 97,
        "failed": 2,
        "unchanged": 0,
        "part": null,
        "rate_per_second": 1.49,
        "requests": 9,
        "retries": 2,
        "tokens": 9120,
        "cost_usd": null,
        "audit": {
          "missing": 3,
          "wrong_dimension": 0,
          "zero_norm": 0,
          "duplicates": 1,
          "self_search": "not-run"
        },
        "samples": []
      },
      "runs": [
        {
          "verdict": "aborted",
          "reason": "audit-failed",
          "message": "3 stored items have no current vector; the job row says 100, stored are 97",
          "pipeline": "issues",
          "job_id": null,
          "items": 100,
          "processed": 97,
          "failed": 2,
          "unchanged": 0,
          "part": null,
          "rate_per_second": 1.49,
          "requests": 9,
          "retries": 2,
          "tokens": 9120,
          "cost_usd": null,
          "audit": {
            "missing": 3,
            "wrong_dimension": 0,
            "zero_norm": 0,
            "duplicates": 1,
            "self_search": "not-run"
          },
          "samples": []
        }
      ]
    }

    """#
}
