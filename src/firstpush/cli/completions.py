"""`firstpush completions SHELL`: a script that completes commands, options and choices, made from the parsers."""

from __future__ import annotations

import argparse
import sys

from firstpush.cli.output import write

SUMMARY = "print a completion script for bash, zsh or fish"
EXAMPLES = """\
  eval "$(firstpush completions bash)"                               in ~/.bashrc
  eval "$(firstpush completions zsh)"                                in ~/.zshrc
  firstpush completions fish > ~/.config/fish/completions/firstpush.fish
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))


def run(args: argparse.Namespace) -> int:
    writers = {"bash": bash, "zsh": zsh, "fish": fish}
    write(sys.stdout, writers[args.shell](table()))
    return 0


def table() -> dict[str, tuple[str, list[tuple[str, str, list[str]]]]]:
    """Command → (summary, [(option, help, choices)]). Commands that this version lacks are left out."""
    from importlib import import_module

    from firstpush.cli.main import COMMANDS, PLUMBING, make_parser

    found = {}
    for name, (module_name, summary) in {**COMMANDS, **PLUMBING}.items():
        try:
            parser = make_parser(name, import_module(module_name))
        except ModuleNotFoundError:
            continue
        options = [
            (option, (action.help or "").replace("%%", "%"), [str(each) for each in action.choices or ()])
            for action in parser._actions
            for option in action.option_strings
            if option.startswith("--")
        ]
        found[name] = (summary, options)
    return found


def bash(commands: dict[str, tuple[str, list[tuple[str, str, list[str]]]]]) -> str:
    lines = ["_firstpush() {", "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}"]
    lines += ['  if [ "$COMP_CWORD" -eq 1 ]; then']
    names = " ".join([*commands, "--help", "--version"])
    lines += [f'    COMPREPLY=($(compgen -W "{names}" -- "$cur")); return', "  fi", '  case "${COMP_WORDS[1]}" in']
    for name, (_, options) in commands.items():
        lines.append(f"    {name})")
        choices = [(option, values) for option, _, values in options if values]
        if choices:
            lines.append('      case "$prev" in')
            lines += [
                f'        {option}) COMPREPLY=($(compgen -W "{" ".join(values)}" -- "$cur")); return ;;'
                for option, values in choices
            ]
            lines.append("      esac")
        words = " ".join(option for option, _, _ in options)
        lines.append(f'      if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W "{words}" -- "$cur")); return; fi ;;')
    lines += ["  esac", '  COMPREPLY=($(compgen -f -- "$cur"))', "}", "complete -o filenames -F _firstpush firstpush"]
    return "\n".join(lines) + "\n"


def zsh(commands: dict[str, tuple[str, list[tuple[str, str, list[str]]]]]) -> str:
    lines = ["#compdef firstpush", "_firstpush() {", "  local -a commands", "  commands=("]
    lines += [f"    {_quoted(f'{name}:{summary}')}" for name, (summary, _) in commands.items()]
    lines += ["  )", "  if (( CURRENT == 2 )); then _describe command commands; return; fi", "  case $words[2] in"]
    for name, (_, options) in commands.items():
        lines.append(f"    {name}) _arguments -S \\")
        for option, help, values in options:
            text = help.replace("[", "(").replace("]", ")").replace(":", " ")
            value = f":value:({' '.join(values)})" if values else ""
            lines.append(f"      {_quoted(f'*{option}[{text}]{value}')} \\")
        lines.append("      '*:path:_files' ;;")
    lines += ["  esac", "}", "compdef _firstpush firstpush"]
    return "\n".join(lines) + "\n"


def fish(commands: dict[str, tuple[str, list[tuple[str, str, list[str]]]]]) -> str:
    lines = []
    for name, (summary, options) in commands.items():
        lines.append(f"complete -c firstpush -n __fish_use_subcommand -f -a {name} -d {_quoted(summary)}")
        for option, help, values in options:
            value = f" -x -a {_quoted(' '.join(values))}" if values else ""
            condition = _quoted(f"__fish_seen_subcommand_from {name}")
            lines.append(f"complete -c firstpush -n {condition} -l {option[2:]} -d {_quoted(help)}{value}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
