"""Which rule judges which finding: trigger → module of this package.

A table, so that only the rules that are needed are imported (start-up is a feature). A test holds it against the `RULE`
of every module. Adding a rule: its file, a line here, its page.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol

from firstpush.rules.framework import Context, Finding, Rule, findings

if TYPE_CHECKING:
    from firstpush.model.diagnostic import Diagnostic


class RuleModule(Protocol):
    """A rule file. It may define `judge(finding, context)`, which yields the diagnostics for a finding; without it,
    every finding gives one diagnostic with the finding's message and place and the rule's help."""

    RULE: Rule


# `key:…` is a kind of plan problem, `cause@program` a cause met by one program; anything else is a cause.
# The most specific trigger wins.
TRIGGERS: Final[dict[str, str]] = {
    # FP1xx: which Python
    "pep668-refused": "pip_into_managed_python",
    "pip-command-not-found": "pip_not_found",
    "no-module-pip": "no_module_pip",
    "pep668-refused@ensurepip": "ensurepip_refused",
    "ensurepip-missing": "ensurepip_missing",
    "break-flag-unsupported": "break_flag_unsupported",
    "nix-undefined-variable": "undefined_nix_package",
    "nix-collision": "nix_collision",
    "state-lost-between-commands": "state_lost",
    "python-command-not-found": "python_not_found",
    "python-version-not-honoured": "python_version_not_honoured",
    "python-version-invalid": "python_version_not_honoured",
    "python-version": "python_version_too_old_or_new",
    "not-a-virtualenv": "no_virtual_environment",
    "user-site-unavailable": "user_install_in_virtualenv",
    "user-install-lost": "install_lost_at_run_time",
    "install-not-in-runtime-image": "install_lost_at_run_time",
    "venv-committed": "venv_committed",
    # FP2xx: install
    "wrong-requirements-path": "requirements_file_missing",
    "wrong-working-directory": "folder_missing",
    "invalid-requirement": "invalid_requirement",
    "no-matching-distribution": "no_matching_distribution",
    "dependency-conflict": "dependency_conflict",
    "read-only-filesystem": "not_writable",
    "permission-denied": "not_writable",
    "error-masked": "error_masked",
    "package-discovery": "project_cannot_be_built",
    "pyproject-no-project-table": "pyproject_without_project",
    "lockfile-out-of-sync": "lock_file",
    "lockfile-missing": "lock_file",
    "multiple-package-managers": "multiple_package_managers",
    "needs-compiler": "needs_system_package",
    "needs-system-lib": "needs_system_package",
    "apt-package-missing": "needs_system_package",
    "command-not-found": "command_not_found",
    "script-not-executable": "script_not_executable",
    "shell-quoting": "shell_error",
    "usage-error": "usage_error",
    "redundant-install": "redundant_install",
    # FP3xx: start and health
    "no-start-command": "no_start_command",
    "start-python-mismatch": "start_python_mismatch",
    "script-not-on-path": "script_not_on_path",
    "module-not-found-at-start": "module_not_found_at_start",
    "missing-dependency": "missing_dependency",
    "wrong-entrypoint-path": "wrong_entrypoint",
    "asgi-handler": "wrong_entrypoint",
    "port-not-expanded": "port_not_expanded",
    "port-hardcoded": "port_hardcoded",
    "cd-exec-form": "builtin_in_exec_form",
    "healthcheck-path": "health_check",
    "missing-route": "health_check",
    "build-time-database": "database_at_build_time",
    "wrong-process-type": "wrong_process_type",
    "key:nixpacks-phases-start": "start_runs_while_building",
    # FP4xx: platform files
    "dormant-config": "dormant_config",
    "unknown-config-key": "unknown_config_key",
    "invalid-schema-property": "invalid_config_value",
    "no-build-plan": "no_build_plan",
    "unknown-builder": "unknown_builder",
    "wrong-provider": "wrong_provider",
    "dockerfile-not-found": "dockerfile_missing",
    "builder-end-of-life": "builder_end_of_life",
    "key:nixpacks-path-variable": "path_variable",
    # FP9xx: configuration syntax
    "config-parse-error": "config_parse_error",
}
FALLBACK: Final = "command_fails"


def rule_module(name: str) -> RuleModule:
    """The rule file of that module name."""
    return import_module(f"firstpush.rules.{name}")  # type: ignore[return-value]


def module_for(finding: Finding) -> str:
    """Name of the module that judges a finding."""
    for trigger in (f"key:{finding.key}", f"{finding.cause}@{finding.program}", str(finding.cause)):
        if trigger in TRIGGERS:
            return TRIGGERS[trigger]
    return FALLBACK


def all_rules() -> list[Rule]:
    """Every rule, by code."""
    names = {*TRIGGERS.values(), FALLBACK}
    return sorted((rule_module(name).RULE for name in names), key=lambda rule: rule.code)


def judge(context: Context) -> Iterator[Diagnostic]:
    """Diagnostics of a deployment, in the order in which the user would meet them."""
    for finding in findings(context):
        module = rule_module(module_for(finding))
        own = getattr(module, "judge", None)
        if own is not None:
            yield from own(finding, context)
        else:
            yield context.diagnostic(module.RULE, finding)
