"""Asks rust-analyzer about a copy of the weather example, and says what an editor shows.

python3 tests/editor/ask.py [rust-analyzer]

It needs `rustup component add rust-analyzer rust-src`: without the sources of the standard library
rust-analyzer knows neither `include!` nor `env!`.
"""

import os
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from server import Server  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
COPY = TARGET / "editor"
MAIN = COPY / "weather/src/main.rs"
DESCRIPTION = COPY / "weather/actions/weather.yaml"

# Code that uses what is generated, at the end of the program.
PROBE = """
async fn probe() {
    let client = weather::Client::new();
    let point = client.get_point(weather::GetPoint::new(39.7, -104.9)).await;
    weather::
}
"""


def copy():
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT / "examples/weather", COPY / "weather")
    for file in ["Cargo.lock", "rust-toolchain.toml"]:
        shutil.copy(ROOT / file, COPY)
    lines = []
    for line in (ROOT / "Cargo.toml").read_text().splitlines():
        if line.startswith("members = "):
            line = 'members = ["weather"]'
        elif line.startswith("default-members = "):
            continue
        lines.append(line.replace('path = "', f'path = "{ROOT}/'))
    (COPY / "Cargo.toml").write_text("\n".join(lines))


class Editor:
    """A file that is open."""

    def __init__(self, server, path):
        self.server = server
        self.uri = f"file://{path}"
        self.version = 0
        self.text = path.read_text()
        document = {"uri": self.uri, "languageId": "rust", "version": 0, "text": self.text}
        server.tell("textDocument/didOpen", {"textDocument": document})

    def change(self, text):
        self.version += 1
        self.text = text
        document = {"uri": self.uri, "version": self.version}
        changes = {"textDocument": document, "contentChanges": [{"text": text}]}
        self.server.tell("textDocument/didChange", changes)

    def at(self, before, after=""):
        """The place between two texts."""
        start = self.text.index(before + after) + len(before)
        line = self.text[:start].count("\n")
        column = start - self.text.rfind("\n", 0, start) - 1
        return {
            "textDocument": {"uri": self.uri},
            "position": {"line": line, "character": column},
        }

    def hover(self, *place):
        found = self.server.ask("textDocument/hover", self.at(*place))
        return found["contents"]["value"] if found else ""

    def completions(self, *place):
        found = self.server.ask("textDocument/completion", self.at(*place)) or []
        items = found["items"] if isinstance(found, dict) else found
        return [item["label"] for item in items]

    def definition(self, *place):
        found = self.server.ask("textDocument/definition", self.at(*place)) or []
        return [item["uri"] for item in found]

    def errors(self):
        """What it reports itself, without what cargo reports when a file is saved."""
        document = {"textDocument": {"uri": self.uri}}
        found = self.server.ask("textDocument/diagnostic", document)
        return [item["message"] for item in found["items"] if item.get("severity") == 1]


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "rust-analyzer"
    copy()
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET / "editor-target")}
    settings = {"checkOnSave": False, "cachePriming": {"enable": False}}
    server = Server(program, str(COPY), environment, settings)
    wrong = []

    def say(what, is_right, shown):
        print(f"{'ok   ' if is_right else 'WRONG'} {what}: {shown!r:.200}", flush=True)
        if not is_right:
            wrong.append(what)

    try:
        server.wait()
        editor = Editor(server, MAIN)
        whole = editor.text
        using = whole.replace("actions = [weather]", "actions = [weather::GetForecast]") + PROBE
        editor.change(using)
        shown = editor.hover("[weather::", "GetForecast]")
        say("docs of an operation in `actions`", "struct GetForecast" in shown, shown)
        shown = editor.definition("[weather::", "GetForecast]")
        say("the code of an operation in `actions`", "/out/weather.rs" in str(shown), shown)
        shown = editor.hover("client.", "get_point")
        say("docs of a function of the client", "fn get_point" in shown, shown)
        shown = editor.completions("    weather::", "\n}")
        is_whole = {"Client", "GetPoint", "Forecast"} <= set(shown)
        say("completion of the module", is_whole, sorted(shown))

        editor.change(whole)
        shown = editor.errors()
        say("no errors of its own", shown == [], shown)
        shown = editor.hover("    ", "name = ")
        say("docs of a key", "name people see" in shown, shown)
        shown = editor.hover("visibility = ", "everyone")
        say("docs of a word", "Everyone" in shown, shown)
        editor.change(whole.replace("visibility = everyone", "visibility = ev"))
        shown = editor.completions("visibility = ev")
        say("completion of a word", "everyone" in shown, shown)
        editor.change(whole.replace("    category = lifestyle,", "    cat"))
        shown = editor.completions("    cat")
        say("completion of a key", "category" in shown, shown)
        editor.change(whole.replace("category = lifestyle", "categry = lifestyle"))
        shown = editor.errors()
        say("one error for a wrong key", len(shown) == 1, shown)
        mark = whole.replace("    name =", '    definition = "gpt.md",\n    name =')
        (MAIN.parent / "gpt.md").write_text("---\nstarter: [A]\n---\n")
        editor.change(mark)
        shown = editor.errors()
        # It does not tell macros where the source file is; what cargo reports is shown.
        say("no error for a definition in Markdown", shown == [], shown)

        editor.change(using)
        description = DESCRIPTION.read_text()
        DESCRIPTION.write_text(description.replace("schemas/Point", "schemas/Pont"))
        server.reload()
        shown = editor.hover("[weather::", "GetForecast]")
        say("docs while the description is wrong", "struct GetForecast" in shown, shown)
        editor.change(whole)
        shown = editor.errors()
        say("no errors that follow from a wrong description", shown == [], shown)
    finally:
        server.stop()
    if wrong:
        print(server.status)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
