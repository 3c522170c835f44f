"""`firstpush explain`: a rule's page by code or name, or the list of rules. Offline."""

from __future__ import annotations

import argparse
import sys

from firstpush.cli import options as shared
from firstpush.cli.output import Terminal, write
from firstpush.errors import UsageError

SUMMARY = "print a rule's page, or list the rules"
DESCRIPTION = (
    "Prints what a rule means, with an example, its repair and the sources. Without a rule, lists all of them."
)
EXAMPLES = """\
  firstpush explain
  firstpush explain FP101
  firstpush explain pip-into-managed-python
  firstpush explain pep668-refused             the rules of a cause
  firstpush explain FP101 --format json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", nargs="?", metavar="RULE", help="code, beginning of a code, name or cause")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    shared.add_color(parser)


def run(args: argparse.Namespace) -> int:
    """Raises UsageError for a name that is none."""
    from firstpush.cli.pages import pages, text_of

    rules = listing()
    if args.rule is None:
        chosen = rules
    else:
        chosen = [rule for rule in rules if _is_meant(args.rule, rule)]
        if not chosen:
            raise _unknown(args.rule, rules)
    if args.format == "json":
        _print_json(chosen, single=args.rule is not None and len(chosen) == 1)
        return 0
    terminal = Terminal.of(sys.stdout, args.color)
    if args.rule is not None and len(chosen) == 1:
        code = str(chosen[0]["code"])
        page = pages().get(code)
        if page is not None:
            write(sys.stdout, colored(text_of(page), terminal))
            return 0
        write(
            sys.stdout,
            f"# {code} {chosen[0]['name']}\n\n{chosen[0]['summary']}\n\n{chosen[0]['help']}\n".rstrip() + "\n",
        )
        return 0
    width = max(len(str(rule["name"])) for rule in chosen)
    for rule in chosen:
        code = terminal.paint(str(rule["code"]), "bold")
        write(sys.stdout, f"{code}  {str(rule['name']).ljust(width)}  {rule['summary']}\n")
    return 0


def listing() -> list[dict[str, object]]:
    """Every rule as JSON values, by code."""
    from firstpush.cli.pages import known_rules, summaries
    from firstpush.rules.registry import all_rules

    details = {rule.code: rule for rule in all_rules()}
    sentences = summaries()
    found: list[dict[str, object]] = []
    for code, name in known_rules():
        rule = details.get(code)
        triggers = rule.triggers if rule is not None else ()
        found.append(
            {
                "code": code,
                "name": name,
                "summary": sentences[code],
                "causes": sorted({each.split("@")[0] for each in triggers if not each.startswith("key:")}),
                "help": rule.help if rule is not None else "",
                "stage": rule.stage if rule is not None else "stable",
                "since": rule.since if rule is not None else "0.1",
            }
        )
    return found


def _is_meant(word: str, rule: dict[str, object]) -> bool:
    from firstpush.report.selection import names_rule

    causes = rule["causes"]
    assert isinstance(causes, list)
    return names_rule(word, str(rule["code"]), str(rule["name"])) or word in causes


def _unknown(word: str, rules: list[dict[str, object]]) -> UsageError:
    import difflib

    names = [str(rule[key]) for rule in rules for key in ("code", "name")]
    near = difflib.get_close_matches(word.upper() if word[:2].lower() == "fp" else word.lower(), names, n=1, cutoff=0.5)
    hint = f"Did you mean: firstpush explain {near[0]}" if near else "`firstpush explain` lists the rules."
    return UsageError(f"no rule is called {word!r}", next_step=hint)


def _print_json(rules: list[dict[str, object]], *, single: bool) -> None:
    import json

    from firstpush.cli.pages import pages, text_of

    if single:
        page = pages().get(str(rules[0]["code"]))
        rules = [{**rules[0], "page": text_of(page) if page is not None else None}]
    write(sys.stdout, json.dumps({"format": 1, "rules": rules}, ensure_ascii=False, indent=2) + "\n")


def colored(page: str, terminal: Terminal) -> str:
    """The Markdown with its headings and fences tinted; the text itself stays as it is."""
    if not terminal.color:
        return page
    lines = []
    fenced = False
    for line in page.splitlines():
        if line.startswith("```"):
            fenced = not fenced
            lines.append(terminal.paint(line, "dim"))
        elif line.startswith("#") and not fenced:
            lines.append(terminal.paint(line, "bold"))
        elif fenced and "# error: [" in line:
            lines.append(terminal.paint(line, "bad"))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
