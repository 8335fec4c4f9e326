"""Who decides for `forwardAuth`: a session passes, everybody else is sent to sign in. Its port is its argument."""

import http.server
import sys


class Guard(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        passes = "session=good" in self.headers.get("Cookie", "")
        self.send_response(200 if passes else 302)
        if passes:
            self.send_header("X-Auth-User", "ann@example.com")
        else:
            asked = self.headers["X-Forwarded-Proto"] + "://" + self.headers["X-Forwarded-Host"]
            self.send_header("Location", "/login?next=" + asked + self.headers["X-Forwarded-Uri"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Guard).serve_forever()
