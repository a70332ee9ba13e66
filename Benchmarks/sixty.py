"""Sixty checks of all kinds beside the slowest of them alone.

Checks are asked side by side, so that sixty of them should take little longer than the one that takes
the longest: at most 1.3 times as long, and 150 ms.
"""

import json
import os
import statistics

from processes import Database, measured

ROUNDS = 5
SLACK, SHARE = 0.150, 1.3

SERVICES = """\
version: 1
services:
  database: { postgres: "${DATABASE_URL}" }
  embedder:
    { embeddings: "${OPENAI_BASE_URL}", api_key: "${OPENAI_API_KEY}", model: text-embedding-3-small, dimensions: 384 }
  edge:
    { supabase: "${SUPABASE_PROJECT_REF}", access_token: "${SUPABASE_ACCESS_TOKEN}", api: "${SUPABASE_API_URL}",
      rest: "${SUPABASE_URL}", key: "${SUPABASE_SERVICE_ROLE_KEY}" }
checks:
"""
ZEROS = "00000000-0000-0000-0000-000000000000"
CANARY = f"{{ repository_id: preflight/canary, item_type: issue, item_id: {ZEROS} }}"
PROGRESS = 'function: "increment_embedding_job_progress(job_id uuid, increment_count integer)", in: database'
KEY = "on_conflict: [repository_id, item_type, item_id]"

# By kind: what is asked, each with another subject where there are several.
KINDS = {
    "secret": [
        "secret: OPENAI_API_KEY, stored_in: edge", "secret: OPENAI_API_KEY, starts_with: sk-",
        "secret: SUPABASE_ANON_KEY", "secret: SUPABASE_SERVICE_ROLE_KEY"],
    "env_file": ['env_file: "${SOURCE_ROOT}/.env.example"'] * 2,
    "api_key": ["api_key: embedder", "api_key: embedder, capabilities: true"],
    "dimension": [
        f"dimension: {table}.embedding, model: embedder, in: database{search}"
        for table in ("issues", "pull_requests", "discussions", "similarity_cache")
        for search in ("", ", searched_by: match_similar_items")],
    "function": [
        PROGRESS, f"{PROGRESS}, exposed_by: edge", f"{PROGRESS}, executable_by: service_role",
        f"{PROGRESS}, expect: rows, call: {{ job_id: {ZEROS}, increment_count: 1 }}"],
    "table": [
        f"table: {table}, in: database, columns: {{ id: uuid }}{more}"
        for table in ("issues", "pull_requests", "discussions", "similarity_cache", "embedding_jobs")
        for more in ("", ", row_security: true")],
    "upsert": [
        f"upsert: similarity_cache, in: database, {KEY}",
        f"upsert: similarity_cache, in: database, {KEY}, canary: {CANARY[:-2]}, embedding: $embedding }}"],
    "vector_index": [
        "vector_index: similarity_cache.embedding, in: database, metric: cosine",
        "vector_index: similarity_cache.embedding, in: database, metric: cosine, searched_by: match_similar_items"],
    "extension": ["extension: vector, in: database", 'extension: vector, in: database, at_least: "0.7.0"'],
    "query": [f'query: select {number}, in: database, expect: "{number}"' for number in range(8)],
    "jobs": ["jobs: embedding_jobs, in: database"] * 2,
    "round_trip": [f"round_trip: embedder, in: database, into: similarity_cache.embedding, canary: {CANARY}"] * 2,
    "same_model": [
        "same_model: issues.embedding, in: database, model: embedder, key: id, "
        "text: \"left(concat_ws(' ', '[ISSUE]', title, body), 2000)\""] * 2,
    "http": ['http: "${OPENAI_BASE_URL}/nothing", expect: { status: 404 }'] * 4,
    "files": ['files: "${SOURCE_ROOT}/**/*.ts", forbid: \'\\.upsert\\([^;]*?\\)\\s*\\.onConflict\\(\''] * 4,
    "command": ["command: [\"true\"]"] * 2,
}


def measure(preflight, root, folder, psql, tell):
    """Times the sixty and the first of each kind alone, in turns."""
    database = Database(psql, os.environ["DATABASE_URL"])
    # Vectors that a check of their model can look at; those that its text tells.
    measured([preflight, "launch", os.path.join(root, "checklists/embeddings.yaml"), "--items", "20"])
    checklist = os.path.join(folder, "sixty.yaml")
    names = [(f"{kind}.{place}", check) for kind, checks in KINDS.items() for place, check in enumerate(checks)]
    with open(checklist, "w") as file:
        file.write(SERVICES + "".join(f"  - {{ id: {name}, {check} }}\n" for name, check in names))
    environment = {"DATABASE_URL": database.direct}
    command = [preflight, "check", checklist, "--allow-commands", "--report", "json"]
    alone = {name: command + ["--only", name] for name, _ in names}
    commands = {"all": command, **alone}
    times = {name: [] for name in commands}
    for turn in range(ROUNDS + 1):
        for name, asked in commands.items():
            usage = measured(asked, environment)
            if turn > 0:
                times[name].append(usage.seconds)
            elif name == "all":
                report = json.loads(usage.output)
                count = report["summary"]["pass"] - len(report["checks"]) + len(names)
    medians = {name: statistics.median(seen) for name, seen in times.items()}
    whole = medians.pop("all")
    slowest = max(medians, key=medians.get)
    limit = SHARE * medians[slowest] + SLACK
    tell(f"{count} checks of {len(KINDS)} kinds pass in {whole * 1e3:.0f} ms, {ROUNDS} turns")
    tell(f"  {medians[slowest] * 1e3:6.0f} ms  {slowest} alone, the slowest")
    tell(f"  {limit * 1e3:6.0f} ms  at most: {SHARE} times that, and {SLACK * 1e3:.0f} ms")
    if count != len(names) or whole > limit:
        raise SystemExit("the sixty checks take too long, or do not all pass")
