"""The checks that are written in Python, by hand in one list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dcops.audit.check import Check


@cache
def functions() -> Mapping[str, Check]:
    """Every check by the name that rules use."""
    from dcops.audit.checks import (
        accounts,
        esxi,
        ios_banner,
        ios_bgp,
        ios_lists,
        ios_snmp,
        linux_logs,
        linux_pam,
        linux_sshd,
        linux_state,
        panos_ends,
        panos_profiles,
        panos_shadowed,
        panos_zones,
        peplink_state,
        software,
    )

    checks: tuple[Check, ...] = (
        ios_lists.guarding_lists,
        ios_lists.border_filters,
        ios_banner.telling_banners,
        ios_snmp.snmp_users,
        ios_bgp.bgp_passwords,
        ios_bgp.bgp_hops,
        ios_bgp.bgp_inbound_filters,
        ios_bgp.bgp_outbound_filters,
        ios_bgp.bgp_prefix_limits,
        panos_profiles.antivirus_profiles,
        panos_profiles.spyware_profiles,
        panos_profiles.vulnerability_profiles,
        panos_profiles.url_profiles,
        panos_profiles.file_profiles,
        panos_profiles.wildfire_profiles,
        panos_profiles.dns_sinkholes,
        panos_profiles.blocking_antivirus,
        panos_profiles.blocking_vulnerability,
        panos_zones.protected_zones,
        panos_zones.flood_protection,
        panos_zones.packet_protection,
        panos_ends.last_rule,
        panos_ends.forwarded_logs,
        panos_ends.expired_rules,
        panos_ends.valid_certificates,
        panos_shadowed.shadowed_rules,
        peplink_state.current_firmware,
        peplink_state.second_firmware,
        peplink_state.two_lines,
        linux_sshd.sshd_root_login,
        linux_sshd.sshd_empty_passwords,
        linux_sshd.sshd_attempts,
        linux_sshd.sshd_dead_clients,
        linux_sshd.sshd_named_logins,
        linux_sshd.sshd_port,
        linux_sshd.sshd_algorithms,
        linux_sshd.sshd_banner,
        linux_pam.pam_password_quality,
        linux_pam.pam_password_history,
        linux_pam.pam_lockout,
        linux_state.firewall_drops,
        linux_state.security_updates,
        linux_state.package_lists,
        linux_state.malware_signatures,
        linux_state.idle_shells,
        linux_state.idle_accounts,
        linux_state.accounts_without_password,
        linux_state.password_ages,
        linux_state.unsafe_services,
        linux_state.antimalware_runs,
        linux_state.audit_runs,
        linux_state.backup_runs,
        linux_logs.logs_forwarded,
        esxi.esxi_password_quality,
        esxi.esxi_certificate,
        esxi.vcenter_certificate,
        accounts.approved_accounts,
        accounts.account_approvals,
        accounts.missing_accounts,
        accounts.account_rights,
        software.grave_weaknesses,
        software.other_weaknesses,
        software.supported,
        software.supported_for_long,
    )
    return {each.name: each for each in checks}
