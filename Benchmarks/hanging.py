"""Each kind of check against a server that takes what it is sent and does not answer.

The server is well until its service was reached; from the check's own first word on it is silent. The
check has to end within 200 ms after its timeout, as *could not tell*.
"""

import json
import os
import socket
import subprocess
import threading
from urllib.parse import urlsplit

from processes import Database
from sixty import KINDS, SERVICES

ROUNDS = 5
TIMEOUT, SLACK = 500, 200

# By kind: the server that falls silent; what it is then to have been sent, and what before that.
SILENT = {
    "api_key": ("embedder", b"POST", b"POST"),
    "dimension": ("database", b"statement_timeout", b"pg_backend_pid"),
    "function": ("edge", b"OPTIONS", b""),
    "table": ("database", b"statement_timeout", b"pg_backend_pid"),
    "upsert": ("database", b"statement_timeout", b"pg_backend_pid"),
    "vector_index": ("database", b"statement_timeout", b"pg_backend_pid"),
    "extension": ("database", b"statement_timeout", b"pg_backend_pid"),
    "query": ("database", b"statement_timeout", b"pg_backend_pid"),
    "jobs": ("database", b"statement_timeout", b"pg_backend_pid"),
    "round_trip": ("embedder", b"POST", b"POST"),
    "same_model": ("database", b"statement_timeout", b"pg_backend_pid"),
    "http": ("embedder", b"GET", b""),
}
# These ask nobody, or get their answer when the service is reached.
ASK_NOBODY = {"secret", "env_file", "files", "command"}


class Relay:
    """Between a program and a server, until it falls silent for good."""

    def __init__(self, port, word, before):
        self.target, self.word, self.before = port, word, before
        self.heard, self.is_silent = b"", False
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for source, sink in ((client, server), (server, client)):
                arguments = (source, sink, source is client)
                threading.Thread(target=self.carry, args=arguments, daemon=True).start()

    def carry(self, source, sink, is_asking):
        while data := source.recv(65_536):
            with self.lock:
                if is_asking:
                    self.hear(data)
                if self.is_silent:
                    continue
            sink.sendall(data)
        sink.close()

    def hear(self, data):
        start = 0 if not self.before else self.heard.find(self.before) + len(self.before)
        before = len(self.heard)
        self.heard += data
        if (not self.before or start >= len(self.before)) and self.word in self.heard[max(start, before):]:
            self.is_silent = True

    def close(self):
        self.listener.close()


def measure(preflight, folder, psql, tell):
    """Times the last check of each kind, each beside a server that falls silent."""
    if set(SILENT) | ASK_NOBODY != set(KINDS):
        raise SystemExit("a kind is left out")
    database = Database(psql, os.environ["DATABASE_URL"])
    checklist = os.path.join(folder, "hanging.yaml")
    with open(checklist, "w") as file:
        file.write(SERVICES + "".join(
            f"  - {{ id: {kind}, timeout: {TIMEOUT}ms, {subject(kind)} }}\n" for kind in SILENT))
    addresses = {
        "database": {"DATABASE_URL": database.direct},
        "embedder": {"OPENAI_BASE_URL": os.environ["OPENAI_BASE_URL"]},
        "edge": {"SUPABASE_URL": os.environ["SUPABASE_URL"]},
    }
    tell(f"each kind beside a server that falls silent, {ROUNDS} turns: milliseconds at the most")
    late = []
    for kind, (server, word, before) in SILENT.items():
        (variable, url), = addresses[server].items()
        times = []
        for _ in range(ROUNDS):
            relay = Relay(urlsplit(url).port, word, before)
            through = {"DATABASE_URL": database.direct}
            through[variable] = url.replace(f":{urlsplit(url).port}", f":{relay.port}")
            run = subprocess.run(
                [preflight, "check", checklist, "--only", kind, "--report", "json"],
                capture_output=True, text=True, env={**os.environ, **through})
            relay.close()
            check = next(check for check in json.loads(run.stdout)["checks"] if check["id"] == kind)
            if check["status"] != "error" or check["duration_ms"] < 0.8 * TIMEOUT:
                raise SystemExit(f"{kind} did not wait, or was told something: {check}")
            times.append(check["duration_ms"])
        tell(f"  {max(times):6}  {kind}")
        late += [kind] if max(times) > TIMEOUT + SLACK else []
    if late:
        raise SystemExit(f"later than {TIMEOUT + SLACK} ms: {', '.join(late)}")


def subject(kind):
    """The check of a kind that asks the server which falls silent."""
    checks = KINDS[kind]
    return checks[1] if kind in ("api_key", "function") else checks[0]
