"""A strict stand-in for OpenAI-compatible chat completions on loopback, for the real client of huggingface_hub."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KNOWN = {"model", "messages", "max_tokens", "temperature", "stream"}


class ChatStandIn:
    """Answers what ``says`` returns for a message; ``status``, ``body`` and ``wait`` spoil it."""

    def __init__(self, says=lambda _: "none", token="hf_for_the_stand_in"):
        self.says, self.token = says, token
        self.status, self.body, self.wait = 200, None, 0.0
        self.asked = []
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, answer = chat.answer(self.path, self.headers, body)
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def answer(self, path, headers, body):
        self.asked.append(body)
        time.sleep(self.wait)
        if path != "/v1/chat/completions":
            return 404, {"error": {"message": f"no route {path}"}}
        if headers.get("authorization") != f"Bearer {self.token}":
            return 401, {"error": {"message": "invalid token"}}
        roles = [one.get("role") for one in body.get("messages", [])]
        if not body.get("model") or roles != ["system", "user"] or not {k for k, v in body.items() if v is not None} <= KNOWN:
            return 422, {"error": {"message": f"malformed: {sorted(body)}"}}
        if self.status != 200 or self.body is not None:
            return self.status, self.body if self.body is not None else {"error": {"message": "overloaded"}}
        said = {"role": "assistant", "content": self.says(body["messages"][1]["content"])}
        choice = {"index": 0, "message": said, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        return 200, {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": body["model"],
            "choices": [choice],
            "usage": usage,
        }

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
