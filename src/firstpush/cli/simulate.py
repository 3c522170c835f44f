"""`firstpush simulate`: what would this command do on that machine? The plumbing command; docs/simulate.md.

In: a described machine and a command, or a stream of requests; out: one JSON object (or a line) for each.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from typing import IO, Any

from firstpush.errors import UnreadableInput, UsageError

SUMMARY = "predict one command on a described machine"
DESCRIPTION = """\
Predicts what a shell command would do on a machine that a JSON file describes: whether it succeeds, why it fails, where
distributions are put. Nothing is run. docs/simulate.md describes the machine's format and the answer.
"""
EXAMPLES = """\
  firstpush simulate --machine machine.json -- pip install flask
  firstpush simulate --machine machine.json --format json -- '. venv/bin/activate && pip install flask'
  firstpush simulate --batch --format json < requests.jsonl
"""
EPILOG = "Exit codes: 0 an answer was given, whatever it is, 2 a bad machine or usage."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--machine", metavar="FILE", help="the machine's description (JSON); - is standard input")
    parser.add_argument("--batch", action="store_true", help="read {id, machine, command} a line from standard input")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print (default: text)")
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="the command, after --")


def run(args: argparse.Namespace) -> int:
    """Print the answer. 0: an answer was given, whatever it is; raises UsageError (2) for a bad machine or usage."""
    words = [word for word in args.command if word != "--"] if args.command[:1] == ["--"] else list(args.command)
    if args.batch:
        if words or args.machine:
            raise UsageError("--batch takes machines and commands from standard input only")
        return _batch(sys.stdin.buffer, sys.stdout)
    if not args.machine:
        raise UsageError(
            "simulate needs a machine", next_step="Give --machine FILE; docs/simulate.md describes its format."
        )
    if not words:
        raise UsageError("simulate needs a command", next_step="Write it after --: simulate --machine FILE -- COMMAND")
    from firstpush.simulate.command import predict

    answer = predict(_machine(args.machine), shlex.join(words) if len(words) > 1 else words[0])
    if args.format == "json":
        print(json.dumps(answer.to_answer()))
        return 0
    outcome = answer.to_answer()
    rest = outcome["cause"] or outcome["where"] or ""
    print(f"{outcome['outcome']}{': ' + rest if rest else ''}")
    print(outcome["why"])
    for failure in answer.outcome.failures:
        for number, rung in enumerate(failure.trace, 1):
            print(f"  {number}. {rung.text}")
    return 0


def _machine(path: str) -> Any:
    try:
        if path == "-":
            data = sys.stdin.buffer.read()
        else:
            with open(path, "rb") as file:
                data = file.read()
    except OSError as error:
        raise UnreadableInput(f"The machine's description {path} cannot be read: {error.strerror}") from error
    return _parsed(data, path)


def _parsed(data: bytes, where: str) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} is no JSON: {error}") from error


def _batch(requests: IO[bytes], answers: IO[str]) -> int:
    """Answer line by line. A bad line is answered `unknown` with what is wrong with it; the run then ends with 2."""
    from firstpush.simulate.command import predict

    code = 0
    for number, line in enumerate(requests, 1):
        if not line.strip():
            continue
        name: Any = None
        try:
            request = _parsed(line, f"line {number}")
            if not isinstance(request, dict):
                raise UsageError(f"line {number} is no object")
            name = request.get("id")
            command = request.get("command")
            if not isinstance(command, str):
                raise UsageError(f"line {number}: `command` is missing or no string")
            answer = predict(_described(request.get("machine"), number), command).to_answer()
        except UsageError as error:
            code = error.exit_code
            why = ": ".join(error.lines()[:2])
            print(f"error: {why}", file=sys.stderr)
            answer = {"format": 1, "outcome": "unknown", "exit_code": None, "cause": None, "where": None, "why": why}
        answers.write(json.dumps({"id": name, **answer}) + "\n")
    answers.flush()
    return code


_SEEN: dict[str, Any] = {}  # the machines of a stream repeat: by their JSON, the last few
_SEEN_MOST = 128


def _described(value: Any, number: int) -> Any:
    from firstpush.simulate.machine_json import BadMachine, machine_from_json

    key = json.dumps(value, sort_keys=False)
    found = _SEEN.get(key)
    if found is None:
        try:
            found = machine_from_json(value)
        except BadMachine as error:
            raise BadMachine(
                f"line {number}: {error.what}", found=error.found, why=error.why, next_step=error.next_step
            ) from error
        if len(_SEEN) >= _SEEN_MOST:
            _SEEN.pop(next(iter(_SEEN)))
        _SEEN[key] = found
    return found
