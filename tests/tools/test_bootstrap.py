"""A checkout on a machine with Python and nothing else becomes a working Kohti."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import bootstrap

CHECKOUT = Path(__file__).resolve().parents[2]


def bare_python() -> str:
    """The system's own Python where it will do; it often comes without ensurepip."""
    candidates = [f"/usr/bin/python3.{minor}" for minor in (11, 12, 13)]
    return next((path for path in candidates if Path(path).exists()), sys.executable)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A fresh copy of the checkout, as it would be cloned."""
    copy = tmp_path / "a checkout"
    copy.mkdir()
    for name in ("src", "requirements", "tools"):
        ignore = shutil.ignore_patterns("__pycache__", "*.mo")
        shutil.copytree(CHECKOUT / name, copy / name, ignore=ignore)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, copy / name)
    return copy


def environment(home: Path, **more: str) -> dict[str, str]:
    """As little as a new user has: no pip, no uv, a home with nothing in it."""
    home.mkdir(exist_ok=True)
    programs = home / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("sh", "env", "git", "make", "sleep"):
        found = shutil.which(name)
        if found and not (programs / name).exists():
            (programs / name).symlink_to(found)
    kept = {key: value for key, value in os.environ.items() if key.startswith(("PIP_", "UV_", "SSL_"))}
    kept |= {key: value for key, value in os.environ.items() if key.lower().endswith("_proxy")}
    kept.pop("UV_CACHE_DIR", None)
    return {"HOME": str(home), "PATH": str(programs), **kept, **more}


def set_up(fresh: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [bare_python(), "tools/bootstrap.py", *arguments],
        cwd=fresh,
        env=environment(fresh.parent / "home", **more),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
def test_a_fresh_machine_gets_everything_and_the_second_time_does_nothing(fresh: Path) -> None:
    """No pip, no uv, no ensurepip, an empty home: ends with a `.venv` whose `kohti` runs."""
    first = set_up(fresh)
    assert first.returncode == 0, first.stderr
    assert "Making .venv" in first.stdout
    home = fresh.parent / "home"
    python = fresh / ".venv" / "bin" / "python"
    asked = "import django, psycopg, kohti; print(kohti.__file__)"
    said = subprocess.run(
        [python, "-c", asked], env=environment(home), capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == str(fresh / "src" / "kohti" / "__init__.py")
    helped = subprocess.run(
        [fresh / ".venv" / "bin" / "kohti", "--help"],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert helped.returncode == 0, helped.stderr
    second = set_up(fresh, "--", "env")
    assert second.returncode == 0
    assert "Making" not in second.stdout
    assert "Installing" not in second.stdout
    test = set_up(fresh, "--for", "test", "--", str(python), "-c", "import pytest, django")
    assert test.returncode == 0, test.stderr
    assert "Making .venv" not in test.stdout


@pytest.mark.long
def test_without_a_network_it_says_so(fresh: Path) -> None:
    """An index that does not answer gives one sentence that a person can act on."""
    nowhere = "http://127.0.0.1:9/simple"
    done = set_up(
        fresh, PIP_INDEX_URL=nowhere, PIP_RETRIES="0", PIP_CONFIG_FILE="/dev/null", PIP_FIND_LINKS=""
    )
    assert done.returncode == 1
    assert "check the network" in done.stderr
    assert "Traceback" not in done.stderr


def test_trouble_is_told_in_words() -> None:
    assert "Make room" in bootstrap.in_words("error: failed to copy: No space left on device (os error 28)")
    assert "check the network" in bootstrap.in_words("error: dns error: failed to lookup address")
    assert "not the one that was pinned" in bootstrap.in_words("Hash mismatch for `django`")
    assert bootstrap.in_words("something else\n") == "something else"


def test_a_python_that_is_too_old_is_told_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (3, 99))
    with pytest.raises(SystemExit, match=r"Kohti needs Python 3\.11 or newer"):
        bootstrap.take_a_newer_python()


def test_a_missing_browser_is_said_loudly_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("KOHTI_CHROMIUM", raising=False)
    bootstrap.find_or_install_browser()
    assert "BROWSER TESTS WILL BE SKIPPED" in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_ctrl_c_is_for_the_command_and_not_for_make(tmp_path: Path) -> None:
    """On a terminal a demo that ends well on Ctrl-C leaves make content: no error, exit code 0."""
    (tmp_path / "Makefile").write_text(
        f"demo:\n\t@'{sys.executable}' -c 'import sys; sys.path.insert(0, \"{CHECKOUT}\"); "
        "from tools.bootstrap import in_foreground; sys.exit(in_foreground(sys.argv[1:]))' "
        "sh -c 'trap \"echo all is kept; exit 0\" INT; echo up; while :; do sleep 0.05; done'\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execvp("make", ["make", "demo"])
    seen = b""
    limit = time.monotonic() + 30
    while b"up" not in seen and time.monotonic() < limit:
        seen += os.read(terminal, 1024)
    os.write(terminal, b"\x03")
    while True:
        try:
            more = os.read(terminal, 1024)
        except OSError:
            break
        if not more:
            break
        seen += more
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert b"all is kept" in seen
    assert b"make:" not in seen, seen
    assert os.waitstatus_to_exitcode(status) == 0
