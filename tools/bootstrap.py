"""Makes `.venv` in this checkout, with everything in it that running, testing or linting Kohti needs.

    python3 tools/bootstrap.py --for run|test|lint ... [--browser] [-- COMMAND ...]

Needs Python 3.11 or newer and nothing else: no pip, no uv, no ensurepip, no compiler, no root. Packages are
those of `requirements/*.txt`, checked by hash; nothing is built. When everything is there it does nothing.
With a COMMAND it goes on to run that in the foreground of the terminal.
"""

# This file is read by any Python 3 somebody may have, to be told in words what is missing: only syntax of
# 3.7.
from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
NEWEST_TRIED = (3, 13)
CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
TOOLS = CHECKOUT / ".tools"
GROUPS = ("run", "test", "lint")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OLDEST_UV = (0, 7)

LAUNCHER = """\
#!/bin/sh
'''exec' {python} "$0" "$@"
' '''
import sys

from kohti.config.command import main

sys.exit(main())
"""

COMPILE_WORDS = """\
import os, sys
from pathlib import Path
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
for name in sys.argv[1:]:
    source = Path(name)
    unfinished = source.with_suffix(".mo.unfinished")
    with source.open("rb") as po, unfinished.open("wb") as mo:
        write_mo(mo, read_po(po, locale=source.parts[-3]))
    unfinished.replace(source.with_suffix(".mo"))
"""


class Trouble(Exception):
    """Something a person has to know or do before this can go on."""


def say(line: str) -> None:
    print(line, flush=True)


def main(arguments: list[str]) -> int:
    """Do what the arguments ask; the exit code is the command's, or 1 for trouble, or 0."""
    import argparse

    ours, command = arguments, []
    if "--" in arguments:
        cut = arguments.index("--")
        ours, command = arguments[:cut], arguments[cut + 1 :]
    parser = argparse.ArgumentParser(prog="bootstrap", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--for", dest="groups", nargs="+", choices=GROUPS, default=["run"], help="what it is for"
    )
    parser.add_argument("--browser", action="store_true", help="see to it that browser tests have Chromium")
    options = parser.parse_args(ours)
    try:
        for group in options.groups:
            install(group)
        compile_words()
        if options.browser:
            find_or_install_browser()
    except Trouble as trouble:
        print(f"\nKohti cannot be set up: {trouble}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nKohti cannot be set up: {in_words(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Start again any time; it goes on where it was.", file=sys.stderr)
        return 130
    return in_foreground(command) if command else 0


# --- packages -----------------------------------------------------------------------------------------------


def install(group: str) -> None:
    """See to it that `.venv` has the packages of `group`. Groups add up; an unchanged group costs nothing."""
    requirements = CHECKOUT / "requirements" / f"{group}.txt"
    stamp = VENV / f"kohti-{group}.stamp"
    if stamp.exists() and stamp.read_text() == mark(requirements) and (VENV / "bin" / "python").exists():
        return
    TOOLS.mkdir(exist_ok=True)
    with alone(TOOLS / "lock"):
        if stamp.exists() and stamp.read_text() == mark(requirements) and (VENV / "bin" / "python").exists():
            return
        uv = find_or_fetch_uv()
        if not venv_is_right():
            say(f"Making .venv with Python {'.'.join(map(str, sys.version_info[:3]))}")
            made = ["venv", "--quiet", "--no-project", "--clear", "--python", sys.executable, str(VENV)]
            run_uv(uv, made, "The folder .venv could not be made")
        say(f"Installing the packages of requirements/{group}.txt (the first time some tens of MB)")
        run_uv(
            uv,
            [
                "pip",
                "install",
                "--quiet",
                "--python",
                str(VENV / "bin" / "python"),
                "--require-hashes",
                "--only-binary",
                ":all:",
                "--requirements",
                str(requirements),
            ],
            "The packages could not be installed",
        )
        add_ourselves()
        stamp.write_text(mark(requirements))


def mark(requirements: Path) -> str:
    """What an installation depends on: if this is the same, so is what was installed."""
    digest = hashlib.sha256(requirements.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    return f"{digest} {sys.version_info[0]}.{sys.version_info[1]} {CHECKOUT}\n"


def venv_is_right() -> bool:
    """Whether `.venv` runs, and with the Python that runs this."""
    python = VENV / "bin" / "python"
    if not python.exists():
        return False
    asked = f"import sys; print(sys.version_info[:2] == {tuple(sys.version_info[:2])})"
    done = subprocess.run([str(python), "-I", "-c", asked], capture_output=True, text=True, check=False)
    return done.stdout.strip() == "True"


def add_ourselves() -> None:
    """Put the checkout on the path of `.venv`, and `kohti` into its programs. Nothing is built for it."""
    packages = next((VENV / "lib").glob("python*")) / "site-packages"
    (packages / "kohti-checkout.pth").write_text(f"{CHECKOUT / 'src'}\n")
    launcher = VENV / "bin" / "kohti"
    launcher.write_text(LAUNCHER.format(python=shlex.quote(str(VENV / "bin" / "python"))))
    launcher.chmod(0o755)


def find_or_fetch_uv() -> Path:
    """A uv that works: one on the path, or our own below `.tools`, fetched with the pip in `tools/vendor`."""
    ours = TOOLS / "uv" / "bin" / "uv"
    for candidate in (ours, shutil.which("uv")):
        if candidate and version_of(candidate) >= OLDEST_UV:
            return Path(candidate)
    say("Fetching uv, which installs the packages, into .tools")
    unfinished = TOOLS / "uv.unfinished"
    for folder in (unfinished, TOOLS / "uv"):
        shutil.rmtree(folder, ignore_errors=True)
    done = run_pip(
        [
            "install",
            "--quiet",
            "--no-input",
            "--root-user-action",
            "ignore",
            "--target",
            str(unfinished),
            "--require-hashes",
            "--only-binary",
            ":all:",
            "-r",
            str(CHECKOUT / "requirements" / "uv.txt"),
        ]
    )
    if done.returncode:
        raise Trouble(f"uv could not be fetched. {in_words(done.stderr)}")
    unfinished.rename(TOOLS / "uv")
    if version_of(ours) < OLDEST_UV:
        raise Trouble("uv was fetched, but does not run on this machine.")
    return ours


def version_of(uv: object) -> tuple[int, ...]:
    """The version of a uv; (0,) where it does not run (a shim of pyenv may point nowhere)."""
    try:
        said = subprocess.run([str(uv), "--version"], capture_output=True, text=True, check=False).stdout
        return tuple(int(part) for part in said.split()[1].split("."))
    except (OSError, IndexError, ValueError):
        return (0,)


def run_pip(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    wheel = next((CHECKOUT / "tools" / "vendor").glob("pip-*.whl"))
    command = [sys.executable, "-I", str(wheel / "pip"), *arguments]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def run_uv(uv: Path, arguments: list[str], trouble: str) -> None:
    command = [str(uv), *arguments]
    environment = environment_of_uv()
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"{trouble}. {in_words(done.stderr)}")


def environment_of_uv() -> dict[str, str]:
    """Ours, with what the machine tells pip (index, certificates) told to uv as well."""
    import ssl

    environment = {"UV_PYTHON_DOWNLOADS": "never", **os.environ}
    environment.pop("VIRTUAL_ENV", None)
    configured = settings_of_pip()
    index = os.environ.get("PIP_INDEX_URL") or configured.get("index-url")
    if index and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(os.environ):
        environment["UV_DEFAULT_INDEX"] = index
    if "SSL_CERT_FILE" not in os.environ:
        certificates = os.environ.get("PIP_CERT") or configured.get("cert")
        paths = ssl.get_default_verify_paths()
        if certificates and Path(certificates).is_file():
            environment["SSL_CERT_FILE"] = certificates
        elif paths.cafile or (paths.capath and any(Path(paths.capath).glob("*.0"))):
            # As pip does: an office's own certificates are known to the system and not to uv.
            environment["UV_SYSTEM_CERTS"] = environment["UV_NATIVE_TLS"] = "1"
    if not can_write(Path(environment.get("UV_CACHE_DIR") or cache_of_user())):
        environment["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return environment


def settings_of_pip() -> dict[str, str]:
    """What pip's own files of settings say, by name without section."""
    settings = {}
    for line in run_pip(["config", "list"]).stdout.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            settings[name.rpartition(".")[2]] = value.strip("'\"")
    return settings


def cache_of_user() -> str:
    return os.environ.get("XDG_CACHE_HOME") or str(Path(os.environ.get("HOME") or "/nonexistent") / ".cache")


def can_write(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def in_words(output: str) -> str:
    """What a person can do about what pip, uv or the system said, and what was said."""
    last = "\n".join(line for line in output.strip().splitlines() if line.strip())[-1500:]
    reasons = (
        (
            "no space left|disk quota",
            f"The disk that holds {CHECKOUT} or the user's cache is full. Make room and start again.",
        ),
        (
            "hash mismatch|do not match the hashes",
            "A package is not the one that was pinned. Nothing of it was used.",
        ),
        (
            "certificate|unknownissuer",
            "The network's certificate is not known here. Name the file of certificates in SSL_CERT_FILE.",
        ),
        (
            "dns error|name resolution|connection refused|connection error|newconnectionerror|unreachable"
            "|timed out|failed to fetch|error sending request|no matching distribution",
            "No way to the package index: check the network, or name an index of your own in PIP_INDEX_URL.",
        ),
        (
            "permission denied|read-only file system",
            f"A folder cannot be written to; {CHECKOUT} must be ours.",
        ),
    )
    for signs, reason in reasons:
        if re.search(signs, output, re.IGNORECASE):
            return f"{reason}\n{last}"
    return last


# --- translations -------------------------------------------------------------------------------------------


def compile_words() -> None:
    """Compile the translations whose source is newer; the compiled ones are not kept in git."""
    stale = []
    for source in (CHECKOUT / "src" / "kohti").glob("**/locale/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            stale.append(str(source))
    if not stale:
        return
    say(f"Compiling {len(stale)} file{'s' if len(stale) > 1 else ''} of translations")
    command = [str(VENV / "bin" / "python"), "-c", COMPILE_WORDS, *stale]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Trouble(f"A translation cannot be compiled.\n{done.stderr.strip()[-1500:]}")


# --- the browser --------------------------------------------------------------------------------------------


def find_browser() -> str | None:
    """The path of the Chromium that browser tests use: `KOHTI_CHROMIUM`, or the first on the path."""
    named = os.environ.get("KOHTI_CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def find_or_install_browser() -> None:
    """Install the distribution's Chromium where it is missing and we may; else say loudly what that means."""
    if find_browser():
        return
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    why = "this is not a machine with apt-get"
    if shutil.which("apt-get"):
        why = "we are not root and sudo asks for a password"
        if not become or succeeds([*become, "true"]):
            say("Installing Chromium for the browser tests (about 300 MB; once)")
            apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
            packages = ["chromium", "fonts-dejavu-core"]
            succeeds([*apt, "update"])
            if succeeds([*apt, "install", "-y", "--no-install-recommends", *packages]) and find_browser():
                return
            why = "apt-get could not install it"
    line = "*" * 100
    say(f"{line}\n* BROWSER TESTS WILL BE SKIPPED: there is no Chromium, and {why}.")
    say(f"* Install Chromium, or name one in KOHTI_CHROMIUM.\n{line}")


def succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


# --- the command after --------------------------------------------------------------------------------------


def in_foreground(command: list[str]) -> int:
    """Become the command; on a terminal, give it the terminal and return its exit code.

    There it gets a process group of its own, so that Ctrl-C is for the command alone: make, above us, neither
    hears it nor calls it an error.
    """
    sys.stdout.flush()
    terminal = terminal_of_ours()
    if terminal is None:
        return become(command)
    # Whoever hands the terminal over from the background would be stopped for it.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(terminal, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os._exit(become(command))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, frame: pass_on(child, received))
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        os.tcsetpgrp(terminal, os.getpgrp())
        if not os.WIFSTOPPED(status):
            code = os.waitstatus_to_exitcode(status)
            return 128 - code if code < 0 else code
        # Ctrl-Z: the shell has to see all of us stop, and `fg` to bring all of us back.
        os.killpg(os.getpgrp(), signal.SIGSTOP)
        os.tcsetpgrp(terminal, child)
        os.killpg(child, signal.SIGCONT)


def become(command: list[str]) -> int:
    try:
        os.execvp(command[0], command)
    except OSError as error:
        print(f"{command[0]} cannot be run: {error.strerror}", file=sys.stderr)
    return 127


def terminal_of_ours() -> int | None:
    """The terminal, if there is one and we are in its foreground."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
        return terminal if os.tcgetpgrp(terminal) == os.getpgrp() else None
    except OSError:
        return None


def pass_on(child: int, number: int) -> None:
    try:
        os.kill(child, number)
    except ProcessLookupError:
        return


# --- the beginning ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock file, so that two set-ups at once go one after the other."""
    import fcntl

    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another set-up of this checkout")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def take_a_newer_python() -> None:
    """Go on under the newest Python that fits, where the one that reads this is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in range(NEWEST_TRIED[1], OLDEST[1] - 1, -1):
        other = shutil.which(f"python3.{minor}")
        if other and succeeds([other, "-c", "import ssl, zlib"]):
            os.execv(other, [other, *sys.argv])
    found = ".".join(map(str, sys.version_info[:3]))
    raise SystemExit(
        f"Kohti needs Python 3.11 or newer; {sys.executable} is {found} and there is no newer one."
    )


if __name__ == "__main__":
    take_a_newer_python()
    raise SystemExit(main(sys.argv[1:]))
