# Runs one piece of code inside the sandbox and says what came of it.
#
# On standard input: a line of JSON, `{"code": ..., "files": [[name, size], ...], "limits": {...}}`,
# then the contents of the files, one after the other. On standard output: a line of JSON,
# `{"text": ..., "is_error": ..., "files": [[name, size], ...], "left_out": [...]}`, then the contents
# of the files that are new or changed. Nothing of it is believed outside: the code can write there too.
import hashlib
import json
import os
import resource
import select
import signal
import stat
import sys
import time

WORK = "/work"

FIGURES = '''
from matplotlib._pylab_helpers import Gcf
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
import os

class FigureCanvas(FigureCanvasAgg):
    def print_figure(self, *arguments, **options):
        self.figure._is_saved = True
        return super().print_figure(*arguments, **options)

FigureManager = FigureManagerBase

def free_name():
    number = 1
    while os.path.lexists(f"/work/figure-{number}.png"):
        number += 1
    return f"/work/figure-{number}.png"

def show(*arguments, **options):
    for manager in Gcf.get_all_fig_managers():
        manager.canvas.figure.savefig(free_name())
        Gcf.destroy(manager.num)

def show_unsaved():
    for manager in Gcf.get_all_fig_managers():
        if not getattr(manager.canvas.figure, "_is_saved", False):
            manager.canvas.figure.savefig(free_name())
'''


def limit(limits):
    for name, value in (
        ("RLIMIT_AS", limits["memory"]),
        ("RLIMIT_CPU", limits["seconds"]),
        ("RLIMIT_NPROC", limits["processes"]),
        ("RLIMIT_FSIZE", limits["file"]),
        ("RLIMIT_NOFILE", 256),
        ("RLIMIT_CORE", 0),
    ):
        kind = getattr(resource, name)
        resource.setrlimit(kind, (value, value))


def run(code):
    """Runs the code as a program of its own would run."""
    with open("/tmp/figures.py", "w") as figures:
        figures.write(FIGURES)
    os.environ["MPLBACKEND"] = "module://figures"
    sys.path[:0] = [WORK]
    sys.path.append("/tmp")
    sys.argv = ["main.py"]
    names = {"__name__": "__main__", "__builtins__": __builtins__}
    try:
        program = compile(code, "main.py", "exec")
        exec(program, names)
        if "matplotlib.pyplot" in sys.modules and "figures" in sys.modules:
            sys.modules["figures"].show_unsaved()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
        if status and not isinstance(error.code, int):
            print(error.code, file=sys.stderr)
    except BaseException as error:
        import traceback

        # Without the frames of this file.
        trace = error.__traceback__.tb_next
        traceback.print_exception(type(error), error, trace)
        status = 1
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        pass
    os._exit(status & 255)


def listen(output, child, limits):
    """Reads what the code writes, until it has ended; bounded, and never waiting for ever."""
    kept, dropped, status = bytearray(), 0, None
    end = time.monotonic() + limits["seconds"]
    ended = False
    while True:
        if status is None:
            found, code = os.waitpid(child, os.WNOHANG)
            if found:
                status = code
        wait = 0.05 if status is None else 0
        if status is None and time.monotonic() > end:
            ended = True
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            continue
        readable, _, _ = select.select([output], [], [], wait)
        if not readable:
            if status is not None:
                break
            continue
        piece = os.read(output, 65536)
        if not piece:
            if status is None:
                time.sleep(0.01)
                continue
            break
        room = max(limits["output"] - len(kept), 0)
        kept += piece[:room]
        dropped += len(piece) - len(piece[:room])
        # Processes that were left behind may write without end.
        if status is not None and dropped > 1 << 20:
            break
    return kept, dropped, status, ended


def collect(before, limits):
    """The files that are new or changed, without following links."""
    made, left_out, room = [], [], limits["files_size"]
    for folder, folders, names in os.walk(WORK):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__pycache__")))
        for name in sorted(names):
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, WORK)
            if name.startswith("."):
                continue
            try:
                handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            except OSError:
                left_out.append(shown)
                continue
            with os.fdopen(handle, "rb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    left_out.append(shown)
                    continue
                content = file.read(limits["file"] + 1)
            if before.get(shown) == hashlib.sha256(content).digest():
                continue
            if len(made) >= limits["files"] or len(content) > min(limits["file"], room):
                left_out.append(shown)
                continue
            room -= len(content)
            made.append((shown, content))
    return made, left_out


def main():
    standard = sys.stdin.buffer
    task = json.loads(standard.readline())
    limits = task["limits"]
    before = {}
    for name, size in task["files"]:
        content = standard.read(size)
        with open(os.path.join(WORK, name), "wb") as file:
            file.write(content)
        before[name] = hashlib.sha256(content).digest()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        nothing = os.open("/dev/null", os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(write, 1)
        os.dup2(write, 2)
        os.closerange(3, 1024)
        sys.stdin = open(0)
        sys.stdout = open(1, "w", buffering=1, closefd=False)
        sys.stderr = open(2, "w", buffering=1, closefd=False)
        limit(limits)
        run(task["code"])
    os.close(write)
    kept, dropped, status, is_late = listen(read, child, limits)
    # What was left behind runs no more, so that files stay as they are. This process may not send
    # the signal to itself, and pid 1 takes none from inside.
    try:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass
    text = kept.decode("utf-8", "replace")
    if dropped:
        text += f"\n[{dropped} more bytes of output]"
    if is_late:
        text += f"\nstopped: it ran longer than {limits['seconds']} s"
    elif os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        text += f"\nstopped by {name}: it took too much time, memory or space"
    made, left_out = collect(before, limits)
    head = {
        "text": text,
        "is_error": status != 0,
        "files": [[name, len(content)] for name, content in made],
        "left_out": left_out[:20],
    }
    out = sys.stdout.buffer
    out.write(json.dumps(head).encode() + b"\n")
    for _, content in made:
        out.write(content)
    out.flush()
    os._exit(0)


main()
