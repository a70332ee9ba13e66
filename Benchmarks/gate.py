"""`preflight check` of ten database checks beside psql running the same queries.

Both talk to the same warm Postgres, run in turns, and are timed as whole processes. The queries are
those that preflight sends, read from the server's log.
"""

import os
import re
import statistics
import time

from processes import Database, measured

ROUNDS, WARM_UPS = 40, 3

CHECKLIST = """\
version: 1
services:
  database:
    postgres: ${DATABASE_URL}
checks:
  - { id: t1, table: issues, columns: { id: uuid, title: text }, primary_key: [id] }
  - { id: t2, table: pull_requests, columns: { id: uuid, title: text }, primary_key: [id] }
  - { id: t3, table: discussions, columns: { id: uuid, title: text }, primary_key: [id] }
  - { id: t4, table: embedding_jobs, columns: { id: uuid, status: text } }
  - { id: t5, table: similarity_cache, not_null: [embedding] }
  - { id: t6, table: issues, privileges: { service_role: [select, update] } }
  - { id: f1, function: "increment_embedding_job_progress(job_id uuid, increment_count integer)" }
  - { id: u1, upsert: similarity_cache, on_conflict: [repository_id, item_type, item_id] }
  - { id: j1, jobs: embedding_jobs, stuck_after: 30m, assert: [stuck] }
  - { id: j2, jobs: embedding_jobs, assert: [empty, silent] }
"""


def measure(programs, folder, clients, tell):
    """Times the check and each psql in turns; answers milliseconds, by what was run."""
    database = Database(clients[-1], os.environ["DATABASE_URL"])
    environment = {"DATABASE_URL": database.direct}
    checklist = os.path.join(folder, "gate.yaml")
    with open(checklist, "w") as file:
        file.write(CHECKLIST)
    check = [programs.preflight, "check", checklist]
    statements = recorded(check, environment, database, os.path.join(folder, "postgres/log"))
    queries = os.path.join(folder, "queries.sql")
    with open(queries, "w") as file:
        file.write("".join(f"{statement};\n" for statement in statements))
    commands = {"preflight check": check}
    for client in clients:
        commands[f"{client} -f"] = [
            client, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", queries, database.direct]
    times = {name: [] for name in commands}
    peak = 0
    for turn in range(WARM_UPS + ROUNDS):
        for name, command in commands.items():
            usage = measured(command, environment)
            if turn >= WARM_UPS:
                times[name].append(usage.seconds * 1e3)
            if command is check:
                peak = max(peak, usage.peak_megabytes)
    tell(f"{len(statements)} queries, {ROUNDS} turns, milliseconds: median (least - most)")
    for name, seen in times.items():
        tell(f"  {statistics.median(seen):6.1f} ({min(seen):.1f} - {max(seen):.1f})  {name}")
    own = statistics.median(times["preflight check"])
    for name in list(commands)[1:]:
        tell(f"  {own / statistics.median(times[name]):6.2f} times {name}")
    tell(f"  {peak:6.1f} MB of memory at the most (preflight check)")


def recorded(check, environment, database, log):
    """The read statements of one check, with their parameters put in."""
    database.ask("alter system set log_statement = 'all'; select pg_reload_conf()")
    time.sleep(1)
    before = os.path.getsize(log)
    measured(check, environment)
    with open(log) as file:
        file.seek(before)
        text = file.read()
    database.ask("alter system reset log_statement; select pg_reload_conf()")
    statements = []
    for entry in re.split(r"^[0-9-]+ [0-9:.]+ \S+ \[\d+\] ", text, flags=re.M):
        if entry.startswith("LOG:  execute"):
            # Each read begins with its transaction's settings, which psql has no need of.
            statement = re.sub(r"\ALOG:  execute \S+: ", "", entry).strip()
            if "transaction_read_only" not in statement:
                statements.append(statement)
        elif entry.startswith("DETAIL:") and statements:
            for number, value in reversed(re.findall(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", entry)):
                statements[-1] = re.sub(rf"\${number}(?!\d)", lambda _: value, statements[-1])
    return statements
