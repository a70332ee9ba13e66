"""The runner's speed beside its floor: the same reads, requests and writes, and no queue."""

import json
import os
import re
import statistics
import time

from processes import Database, Endpoint, measured

CONCURRENCY, BATCH, DIMENSIONS = 8, 100, 384

SCHEMA = f"""
drop schema if exists preflight cascade;
drop table if exists docs, docs_embeddings, floor_embeddings, docs_jobs cascade;
drop function if exists docs_progress;
create table docs (id bigint primary key, body text not null);
create table docs_embeddings (id bigint primary key, embedding vector({DIMENSIONS}));
create table floor_embeddings (id bigint primary key, embedding vector({DIMENSIONS}));
create table docs_jobs (
  id uuid primary key default gen_random_uuid(), status text not null, items_total integer,
  items_processed integer not null default 0, error_message text, completed_at timestamptz);
create function docs_progress(job_id uuid, increment_count integer) returns void
  language sql as $$
    update docs_jobs set items_processed = items_processed + increment_count where id = job_id
  $$;
"""

CHECKLIST = f"""\
version: 1
services:
  database:
    postgres: ${{DATABASE_URL}}
  embedder:
    embeddings: ${{OPENAI_BASE_URL}}
    api_key: ${{OPENAI_API_KEY}}
    model: text-embedding-3-small
    dimensions: {DIMENSIONS}
checks:
  - {{ id: docs, table: docs, primary_key: [id] }}
pipelines:
  - name: docs
    database: database
    model: embedder
    from:
      table: docs
      key: id
      text: body
      where: "not exists (select from docs_embeddings as done where done.id = source.id)"
    to:
      - upsert: docs_embeddings
        on_conflict: [id]
        set: {{ id: source.id, embedding: $embedding }}
    job:
      table: docs_jobs
      progress: docs_progress
    batch: {BATCH}
    concurrency: {CONCURRENCY}
"""


class Bench:
    """One server with its tables, on which runner and floor take turns."""

    def __init__(self, programs, folder, psql):
        self.programs = programs
        self.database = Database(psql, os.environ["DATABASE_URL"])
        self.checklist = os.path.join(folder, "runner.yaml")
        self.log = os.path.join(folder, "postgres/log")
        with open(self.checklist, "w") as file:
            file.write(CHECKLIST)

    def fill(self, rows):
        """Makes the tables anew, with this many rows that wait."""
        self.database.ask(SCHEMA)
        self.database.ask(
            "insert into docs select n, 'Document ' || n || ' tells what happened to the build on day '"
            f" || md5(n::text) || ' and who mended it' from generate_series(1, {rows}) as n;"
            "vacuum analyze docs; checkpoint")

    def cell(self, rows, milliseconds, route, repeats):
        """Runs floor and runner in turns."""
        url = getattr(self.database, route)
        floors, runs = [], []
        with Endpoint(self.programs.baseline, milliseconds) as endpoint:
            for _ in range(repeats):
                floors.append(self.floor(rows, endpoint, url))
                runs.append(self.run(rows, endpoint, url))
        speed = lambda usages: [rows / usage.seconds for usage in usages]
        cpu = lambda usages: [usage.cpu_seconds / rows * 1e4 for usage in usages]
        return {
            "rows": rows, "latency_ms": milliseconds, "route": route, "repeats": repeats,
            "floor_rows_per_second": spread(speed(floors)),
            "floor_cpu_seconds_per_10k": spread(cpu(floors)),
            "runner_rows_per_second": spread(speed(runs)),
            "runner_cpu_seconds_per_10k": spread(cpu(runs)),
            "runner_peak_megabytes": spread([usage.peak_megabytes for usage in runs]),
            # Pair by pair: what else the machine does slows both of a pair.
            "share_of_floor": spread(
                [floor.seconds / run.seconds for floor, run in zip(floors, runs)]),
        }

    def floor(self, rows, endpoint, url):
        self.database.ask("truncate floor_embeddings; checkpoint")
        usage = measured(
            [self.programs.baseline, "floor", url, str(endpoint.port), str(CONCURRENCY), str(BATCH)])
        self.expect(rows, "floor_embeddings")
        return usage

    def run(self, rows, endpoint, url):
        self.database.ask("truncate docs_embeddings; checkpoint")
        usage = measured(
            [self.programs.preflight, "run", self.checklist, "--ungated"],
            {"DATABASE_URL": url, "OPENAI_API_KEY": "sk-benchmark",
             "OPENAI_BASE_URL": f"http://127.0.0.1:{endpoint.port}/v1"})
        self.expect(rows, "docs_embeddings")
        return usage

    def expect(self, rows, table):
        stored = int(self.database.ask(f"select count(*) from {table}"))
        if stored != rows:
            raise SystemExit(f"{table} holds {stored} rows instead of {rows}")

    def claims(self, rows):
        """How long claims take, in milliseconds, sampled by the server's own clock over one run."""
        # Without the parameters: to write vectors as text would take longer than to store them.
        self.database.ask(
            "alter system set log_min_duration_sample = 0;"
            "alter system set log_parameter_max_length = 0;"
            f"alter system set log_statement_sample_rate = {min(1, 100_000 / rows)};"
            "select pg_reload_conf()")
        # The server reads its settings when it comes to it.
        time.sleep(1)
        before = os.path.getsize(self.log)
        with Endpoint(self.programs.baseline, 0) as endpoint:
            self.run(rows, endpoint, self.database.direct)
        self.database.ask(
            "alter system reset log_min_duration_sample;"
            "alter system reset log_parameter_max_length;"
            "alter system reset log_statement_sample_rate; select pg_reload_conf()")
        with open(self.log) as file:
            file.seek(before)
            pattern = r"duration: ([\d.]+) ms  execute \S+: with open as materialized"
            times = [float(found) for found in re.findall(pattern, file.read())]
        return {"rows": rows, "samples": len(times), "claim_ms": spread(times)}

    def endpoint_alone(self):
        with Endpoint(self.programs.baseline, 0) as endpoint:
            usage = measured(
                [self.programs.baseline, "load", str(endpoint.port), str(CONCURRENCY), str(BATCH),
                 "3"])
        seen = json.loads(usage.output)
        return seen["rows"] / seen["seconds"]


def spread(values):
    """Median, least and most, rounded to what the measurement can tell."""
    return [float(f"{value:.4g}") for value in
            (statistics.median(values), min(values), max(values))]


def measure(programs, folder, psql, sizes, repeats, tell):
    """Every cell of the benchmark; `tell` is given each as a line."""
    bench = Bench(programs, folder, psql)
    results = {
        "concurrency": CONCURRENCY, "batch": BATCH, "dimensions": DIMENSIONS,
        "processors": os.cpu_count(), "server": bench.database.ask("show server_version"),
        "endpoint_alone_rows_per_second": float(f"{bench.endpoint_alone():.4g}"), "cells": [],
    }
    tell(f"endpoint alone: {results['endpoint_alone_rows_per_second']:,.0f} rows/s")
    tell(f"{'rows':>9} {'latency':>8} {'route':>7} {'floor/s':>9} {'runner/s':>9} {'share':>6} "
         f"{'CPU s/10k':>10} {'peak MB':>8}")
    for rows in sizes:
        bench.fill(rows)
        for milliseconds in (0, 50):
            for route in ("direct", "pooled"):
                times = repeats if rows < 1_000_000 else 1
                cell = bench.cell(rows, milliseconds, route, times)
                results["cells"].append(cell)
                tell(f"{rows:>9,} {milliseconds:>5} ms {route:>7} "
                     f"{cell['floor_rows_per_second'][0]:>9,.0f} "
                     f"{cell['runner_rows_per_second'][0]:>9,.0f} "
                     f"{cell['share_of_floor'][0]:>6.0%} "
                     f"{cell['runner_cpu_seconds_per_10k'][0]:>10.2f} "
                     f"{cell['runner_peak_megabytes'][0]:>8.1f}")
    results["claims"] = bench.claims(max(sizes))
    tell(f"claims at {max(sizes):,} rows: {results['claims']['claim_ms'][0]:.1f} ms "
         f"(most {results['claims']['claim_ms'][2]:.1f})")
    return results
