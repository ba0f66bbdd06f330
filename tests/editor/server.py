"""A language server, asked over its standard input and output."""

import json
import os
import subprocess
import threading


class Server:
    """Starts `program` in the folder `root`."""

    def __init__(self, program, root, environment, settings):
        self.settings = settings
        self.process = subprocess.Popen(
            [program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=root,
        )
        self.answers = {}
        self.status = {}
        self.number = 0
        self.arrived = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        uri = "file://" + root
        text_document = {
            "completion": {"completionItem": {"snippetSupport": False}},
            "hover": {"contentFormat": ["markdown"]},
        }
        self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": "workspace"}],
                "initializationOptions": settings,
                "capabilities": {
                    "experimental": {"serverStatusNotification": True},
                    "workspace": {"configuration": True},
                    "textDocument": text_document,
                },
            },
        )
        self.tell("initialized", {})

    def tell(self, method, parameters):
        self._write({"method": method, "params": parameters})

    def ask(self, method, parameters, seconds=600):
        self.number += 1
        number = self.number
        self._write({"id": number, "method": method, "params": parameters})
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers, seconds):
                raise TimeoutError(method)
            answer = self.answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer.get("result")

    def wait(self, seconds=3600):
        """Waits until it has nothing left to do."""
        with self.arrived:
            if not self.arrived.wait_for(lambda: self.status.get("quiescent"), seconds):
                raise TimeoutError(self.status)

    def reload(self):
        """Has build scripts run again."""
        self.status = {}
        self.ask("rust-analyzer/reloadWorkspace", None)
        self.wait()

    def stop(self):
        self.process.kill()
        self.process.wait()

    def _write(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self):
        while message := self._message():
            if "method" in message and "id" in message:
                items = (message.get("params") or {}).get("items", [])
                is_asked = message["method"] == "workspace/configuration"
                result = [self.settings for _ in items] if is_asked else None
                self._write({"id": message["id"], "result": result})
                continue
            with self.arrived:
                if message.get("method") == "experimental/serverStatus":
                    self.status = message["params"]
                elif "id" in message:
                    self.answers[message["id"]] = message
                self.arrived.notify_all()

    def _message(self):
        length = None
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length)) if length else None
