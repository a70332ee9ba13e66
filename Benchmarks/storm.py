"""What a storm of refusals costs a run: a provider that answers 429 to everybody for a minute."""

import base64
import json
import random
import struct
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from runner import DIMENSIONS, Bench

SECONDS, ROWS = 60, 5_000
# How a refusal says how long to wait; None: it does not.
HINTS = {"retry-after: 1": ("retry-after", "1"), "retry-after-ms: 500": ("retry-after-ms", "500"),
         "no hint": None}

# A row that is stored at its second attempt has been charged for a refusal.
CHARGES = """
create table charged (position integer);
create function note_charge() returns trigger language plpgsql as $$
  begin insert into charged select unnest(new.positions); return null; end $$;
create trigger note_charge after insert on preflight.batch for each row
  when (new.state = 2 and (new.attempts > 1 or new.soft_faults > 0)) execute function note_charge();
"""


class Storm:
    """An endpoint that refuses for so many seconds, beginning with its fourth request."""

    def __init__(self, seconds, hint):
        self.seconds, self.hint = seconds, hint
        self.begin, self.answered, self.refused = None, 0, 0
        self.lock = threading.Lock()
        # Of each vector only the first numbers differ: to make all of them would take longer than a run.
        self.rest = struct.pack(f"<{DIMENSIONS - 16}f", *[0.01] * (DIMENSIONS - 16))

    def __enter__(self):
        storm = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_):
                pass

            def do_POST(self):
                texts = json.loads(self.rfile.read(int(self.headers["content-length"])))["input"]
                status, headers, body = storm.answer(texts)
                body = json.dumps(body).encode()
                self.send_response(status)
                for name, value in [*headers, ("content-length", str(len(body)))]:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_port
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, texts):
        now = time.monotonic()
        with self.lock:
            if self.answered == 3 and self.begin is None:
                self.begin = now
            if self.begin is not None and now < self.begin + self.seconds:
                self.refused += 1
                return 429, [self.hint] if self.hint else [], {
                    "error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}
            self.answered += 1
        data = [{"index": index, "embedding": self.vector()} for index in range(len(texts))]
        return 200, [], {"data": data, "usage": {"total_tokens": 1}}

    def vector(self):
        first = struct.pack("<16f", *[random.gauss(0, 1) for _ in range(16)])
        return base64.b64encode(first + self.rest).decode()


def measure(programs, folder, psql, tell):
    """Runs once without a storm, then in one of each kind; fails where an attempt was charged."""
    bench = Bench(programs, folder, psql)
    schema = subprocess.run(
        [programs.preflight, "run", "--print-schema"], check=True, capture_output=True, text=True
    ).stdout

    def run(seconds, hint):
        bench.fill(ROWS)
        bench.database.ask("drop table if exists charged; drop function if exists note_charge cascade")
        bench.database.ask(schema + CHARGES)
        with Storm(seconds, hint) as endpoint:
            usage = bench.run(ROWS, endpoint, bench.database.direct)
        charged = int(bench.database.ask("select count(*) from charged"))
        if charged:
            raise SystemExit(f"{charged} rows were charged for a refusal")
        return usage.seconds, endpoint.refused

    calm, _ = run(0, None)
    tell(f"{ROWS} rows without a storm: {calm:.1f} s")
    for name, hint in HINTS.items():
        took, refused = run(SECONDS, hint)
        ideal = calm + SECONDS
        tell(f"storm of {SECONDS} s, {name}: {took:.1f} s, {took / ideal:.2f} of the ideal "
             f"{ideal:.1f} s; {refused} refusals, no attempt charged")
