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


# `key:…` is a kind of plan problem, `cause@program` a cause met by one program, `platform/cause` (and
# `platform/cause@program`) a cause met on one platform; anything else is a cause.
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
    "works-by-luck": "works_by_luck",
    "user-install-lost": "install_lost_at_run_time",
    "install-not-in-runtime-image": "install_lost_at_run_time",
    # FP2xx: install
    "wrong-requirements-path": "requirements_file_missing",
    "wrong-working-directory": "folder_missing",
    "invalid-requirement": "invalid_requirement",
    "no-matching-distribution": "no_matching_distribution",
    "dependency-conflict": "dependency_conflict",
    "error-masked": "error_masked",
    "package-discovery": "project_cannot_be_built",
    "pyproject-no-project-table": "pyproject_without_project",
    "lockfile-out-of-sync": "lock_file",
    "lockfile-missing": "lock_file",
    "apt-package-missing": "apt_package_missing",
    "command-not-found": "command_not_found",
    "script-not-executable": "script_not_executable",
    "shell-quoting": "shell_error",
    "usage-error": "usage_error",
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
    # FP5xx: Vercel
    "vercel/pep668-refused": "vercel_image_python",
    "vercel/not-a-virtualenv": "vercel_image_python",
    "key:vercel-redundant-install": "vercel_redundant_install",
    "key:vercel-command-never-runs": "vercel_command_never_runs",
    "vercel/user-site-unavailable": "vercel_user_install",
    "vercel/pep668-refused@uv": "vercel_uv_system",
    "key:vercel-break-flag": "vercel_break_flag",
    "key:vercel-source-under-sh": "vercel_source_under_sh",
    "key:vercel-script-without-set-e": "vercel_hidden_failure",
    "vercel/error-masked": "vercel_hidden_failure",
    "key:vercel-no-output-directory": "vercel_no_output_directory",
    "key:vercel-published-sources": "vercel_published_sources",
    "key:vercel-no-entrypoint": "vercel_no_entrypoint",
    "key:vercel-api-without-handler": "vercel_api_without_handler",
    "key:vercel-python-version": "vercel_python_version",
    "vercel/python-version": "vercel_python_version",
    "key:vercel-bundle-too-large": "vercel_bundle_too_large",
    "key:vercel-invalid-config": "vercel_invalid_config",
    "key:vercel-server-refuses-config": "vercel_server_refuses_config",
    "key:vercel-functions-pattern": "vercel_functions_pattern",
    "key:vercel-install-not-bundled": "vercel_install_not_bundled",
    "key:vercel-no-project-table": "vercel_no_project_table",
    "vercel/pyproject-no-project-table": "vercel_no_project_table",
    "key:vercel-nothing-installed": "vercel_nothing_installed",
    "key:vercel-requirements": "vercel_requirements",
    "vercel/invalid-requirement": "vercel_requirements",
    "key:vercel-project-cannot-be-built": "vercel_project_cannot_be_built",
    "vercel/package-discovery": "vercel_project_cannot_be_built",
    "key:vercel-stale-lock": "vercel_stale_lock",
    "vercel/lockfile-out-of-sync": "vercel_stale_lock",
    "key:vercel-route-misses-function": "vercel_route_misses_function",
    "key:vercel-rewrite-changes-path": "vercel_rewrite_changes_path",
    "key:vercel-builds-match-nothing": "vercel_builds_match_nothing",
    "key:vercel-secret-reference": "vercel_secret_reference",
    # FP9xx: configuration syntax
    "config-parse-error": "config_parse_error",
}
FALLBACK: Final = "command_fails"


def rule_module(name: str) -> RuleModule:
    """The rule file of that module name."""
    return import_module(f"firstpush.rules.{name}")


def module_for(finding: Finding, platform: str = "") -> str:
    """Name of the module that judges a finding of a platform's plan."""
    cause, by_program = str(finding.cause), f"{finding.cause}@{finding.program}"
    for trigger in (f"key:{finding.key}", f"{platform}/{by_program}", f"{platform}/{cause}", by_program, cause):
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
        module = rule_module(module_for(finding, context.plan.platform))
        own = getattr(module, "judge", None)
        if own is not None:
            yield from own(finding, context)
        else:
            yield context.diagnostic(module.RULE, finding)
