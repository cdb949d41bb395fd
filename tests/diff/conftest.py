"""A router's and a firewall's configuration, and the key that hides their secrets."""

import pytest

from dcops.diff.redact import keyed

ROUTER = r"""Building configuration...

Current configuration : 4711 bytes
!
! Last configuration change at 09:00:00 ICT Mon Jan 5 2026 by lan.nguyen
! NVRAM config last updated at 09:05:00 ICT Mon Jan 5 2026 by dcops
!
version 17.9
service timestamps debug datetime msec
service password-encryption
!
hostname rtr-edge-1
!
boot-start-marker
boot-end-marker
!
enable secret 9 $9$ENABLEsaltsalt$ENABLEhash
!
aaa new-model
aaa authentication login default group tacacs+ local
!
ip domain name example.test
!
crypto pki trustpoint TP-self-signed-1
 enrollment selfsigned
!
crypto pki certificate chain TP-self-signed-1
 certificate self-signed 01
  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  31312F30 2D060355 04031326 494F532D 53656C66
        quit
crypto pki certificate chain LAB-CA
 certificate ca 01 nvram:LAB-CA#1CA.cer
!
username lan.nguyen privilege 15 secret 9 $9$USERsaltsalt$USERhash
!
key chain EIGRP
 key 1
  key-string 7 0822455D0A16
!
crypto isakmp key ISAKMPsecret address 203.0.113.7
!
interface GigabitEthernet0/0/0
 description uplink, password is with the end user
 ip address 198.51.100.1 255.255.255.252
 ip ospf message-digest-key 1 md5 7 1122334455AA
!
interface Tunnel7
 tunnel mpls traffic-eng bandwidth 4711
 tunnel mpls traffic-eng auto-bw
!
router bgp 64500
 neighbor 198.51.100.2 remote-as 64501
 neighbor 198.51.100.2 password 7 5566778899BB
!
ip access-list extended EDGE-IN
 10 remark end
 20 permit tcp any host 192.0.2.10 eq 443
!
snmp-server community COMMUNITYsecret RO 10
snmp-server location rack A01
!
tacacs server LAB
 address ipv4 192.0.2.5
 key 7 99AABBCCDD00
!
banner exec ^C
Only for the end
end
% Invalid input detected at '^' marker.
password 7 of 9 is not here
^C
banner motd ^CWelcome^C
!
line con 0
line vty 0 4
 transport input ssh
!
ntp clock-period 17180152
ntp server 192.0.2.123
!
end
"""

FIREWALL = """<?xml version="1.0"?>
<config version="9.1.0" urldb="paloaltonetworks">
  <!-- exported by the lab -->
  <mgt-config>
    <users>
      <entry name="admin">
        <phash>$1$saltsalt$HASHofADMIN</phash>
        <permissions><role-based><superuser>yes</superuser></role-based></permissions>
      </entry>
    </users>
  </mgt-config>
  <shared>
    <server-profile>
      <radius><entry name="lab"><server>
        <entry name="r1"><secret>-AQ==RADIUSsecret=</secret></entry>
      </server></entry></radius>
    </server-profile>
    <certificate>
      <entry name="web">
        <public-key>-----BEGIN CERTIFICATE-----
MIIBlab
-----END CERTIFICATE-----
</public-key>
        <private-key>-AQ==PRIVATEkey=</private-key>
      </entry>
    </certificate>
  </shared>
  <devices>
    <entry name="localhost.localdomain">
      <deviceconfig><system><hostname>fw-edge-1</hostname></system></deviceconfig>
      <vsys>
        <entry name="vsys1">
          <rulebase><security><rules>
            <entry uuid="u-1" name="web in" admin="an" time="2026/01/05 09:00:00" dirtyId="4">
              <to><member>dmz</member></to>
              <description>password is with the owner</description>
            </entry>
            <entry name="deny" uuid="u-2"><action>deny</action></entry>
          </rules></security></rulebase>
        </entry>
      </vsys>
    </entry>
  </devices>
</config>
"""


@pytest.fixture(scope="session")
def router():
    return ROUTER


@pytest.fixture(scope="session")
def firewall():
    return FIREWALL


@pytest.fixture(scope="session")
def conceal():
    return keyed(b"site key of the lab, 32 bytes ok")
