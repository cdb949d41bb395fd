"""With systemd's timers and no scheduler, a run sends its own messages."""

import http.server
import json
import threading

import pytest


@pytest.fixture
def inbox():
    """A real HTTP server that keeps what it is sent."""
    kept = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            kept.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", kept
    server.shutdown()
    server.server_close()


def test_a_failed_device_is_told_of_by_the_run_itself(lab, inbox):
    address, kept = inbox
    router = lab.of_platform("ios")
    settings = lab.site / "dcops.toml"
    before = settings.read_text()
    settings.write_text(f'{before}\n[webhook]\nurl = "{address}"\n')
    try:
        lab.dcops("jobs", "run", "backup", "--quiet")
        lab.fault(router, "refuse")
        done = lab.dcops("jobs", "run", "backup", "--quiet")
        lab.heal()
        lab.dcops("jobs", "run", "backup", "--quiet")
    finally:
        settings.write_text(before)

    assert done.returncode == 1
    said = [json.dumps(message, ensure_ascii=False) for message in kept]
    assert any(router in text for text in said), said
    assert len(said) >= 2
