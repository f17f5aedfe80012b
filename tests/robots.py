"""Local servers that speak as the groups' robots do: they check the signature as documented, and refuse what is wrong
or stale with the codes the real ones answer."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Robot:
    """One robot. told: texts the group has read; clock: what time it is there; broken: answer this status instead."""

    def __init__(self, kind: str, secret: str, clock: datetime):
        self.kind, self.secret, self.clock = kind, secret, clock
        self.told: list[str] = []
        self.seen: set[str] = set()
        self.requests = 0
        self.broken: int | None = None
        self.redirect = ""

    def judge(self, path: str, headers, body: bytes) -> tuple[int, dict]:
        """(status, answer) to one request; what is taken stands in `told`."""
        self.requests += 1
        return getattr(self, self.kind)(parse_qs(urlsplit(path).query), headers, body)

    def _stale(self, timestamp: float, seconds: float) -> bool:
        return abs(self.clock.timestamp() - timestamp) > seconds

    def webhook(self, query, headers, body):
        timestamp = headers["Kefudesk-Timestamp"]
        wanted = hmac.new(self.secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if headers["Kefudesk-Signature"] != f"v1={wanted}" or self._stale(int(timestamp), 300):
            return 401, {"error": "signature"}
        if headers["Kefudesk-Delivery"] not in self.seen:
            self.seen.add(headers["Kefudesk-Delivery"])
            self.told.append(json.loads(body)["text"])
        return 200, {}

    def dingtalk(self, query, headers, body):
        timestamp = query.get("timestamp", ["0"])[0]
        text = (timestamp + "\n" + self.secret).encode()
        wanted = base64.b64encode(hmac.new(self.secret.encode(), text, hashlib.sha256).digest()).decode()
        if query.get("access_token") != ["abc"]:
            return 200, {"errcode": 300005, "errmsg": "token is not exist"}
        if query.get("sign") != [wanted] or self._stale(int(timestamp) / 1000, 3600):
            return 200, {"errcode": 310000, "errmsg": "sign not match"}
        return self._takes_text(json.loads(body))

    def wecom(self, query, headers, body):
        if query.get("key") != [self.secret]:
            return 200, {"errcode": 93000, "errmsg": "invalid webhook url"}
        return self._takes_text(json.loads(body))

    def _takes_text(self, message):
        if message["msgtype"] != "text":
            return 200, {"errcode": 40008, "errmsg": "invalid message type"}
        self.told.append(message["text"]["content"])
        return 200, {"errcode": 0, "errmsg": "ok"}

    def feishu(self, query, headers, body):
        message = json.loads(body)
        key = f"{message.get('timestamp')}\n{self.secret}".encode()
        wanted = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
        if message.get("sign") != wanted or self._stale(int(message["timestamp"]), 3600):
            return 200, {
                "code": 19021,
                "msg": "sign match fail or timestamp is not within one hour from current time",
            }
        if message["msg_type"] != "text":
            return 200, {"code": 9499, "msg": "Bad Request"}
        self.told.append(message["content"]["text"])
        return 200, {"code": 0, "msg": "success", "StatusCode": 0, "StatusMessage": "success"}


@contextmanager
def running(kind: str, secret: str, clock: datetime) -> Iterator[tuple[Robot, str]]:
    """A robot and its address, without what its signature adds."""
    robot = Robot(kind, secret, clock)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if robot.redirect:
                robot.requests += 1
                self.send_response(307)
                self.send_header("Location", robot.redirect)
                self.end_headers()
                return
            if robot.broken is not None:
                robot.requests += 1
                status, told = robot.broken, {}
            else:
                status, told = robot.judge(self.path, self.headers, body)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    query = {"webhook": "", "dingtalk": "?access_token=abc", "wecom": f"?key={secret}", "feishu": ""}[kind]
    try:
        yield robot, f"http://127.0.0.1:{server.server_port}/hook{query}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
