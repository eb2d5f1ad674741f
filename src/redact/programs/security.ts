/** What looks for weak places, watches, and tries passwords. */
import type { Program } from "./program.ts";

/** Their entries. */
export const security: readonly Program[] = [
  { names: "smbmap crackmapexec cme nxc netexec evil-winrm hydra medusa ncrack", value: "-p -P -H", harmless: "-P" },
  {
    names:
      "smbmap enum4linux enum4linux-ng ldapdomaindump ldeep windapsearch adidnsdump coercer pywerview bloodhound-python certipy certipy-ad rusthound rpcdump kerbrute lsassy donpapi",
    value: "-p",
  },
  { names: "bloodyAD", value: "-p" },
  { names: "pywhisker targetedKerberoast petitpotam gMSADumper", value: "-p" },
  { names: "kerbrute", places: ["passwordspray _ #", "bruteuser _ _ #"], takes: "-d --dc -o -t" },
  {
    names:
      "gettgt.py getst.py getnpusers.py getuserspns.py getadusers.py getpac.py finddelegation.py addcomputer.py rbcd.py dacledit.py impacket-getTGT impacket-getST impacket-GetNPUsers impacket-GetUserSPNs",
    places: ["_:#"],
  },
  { names: "*.py impacket-*", places: ["_:#@"], next: "-hashes -aesKey" },
  {
    names: "vegeta nikto sqlmap dirb wfuzz dirsearch nuclei whatweb",
    pair: "-basic-auth -id --auth-cred --basic --proxy-cred -auth --auth",
  },
  { names: "feroxbuster ffuf gobuster", value: "-P" },
  { names: "jmeter jmeter.sh", value: "-a" },
  { names: "airflow celery", pair: "-A --basic_auth --basic-auth", sub: "flower|celery flower" },
  { names: "wpscan", harmless: "--passwords" },
  { names: "airdecap-ng", value: "-p -k" },
  { names: "check_*", value: "-p -C", pair: "-a" },
  { names: "check_snmp* check_ifstatus check_ifoperstatus check_ups", value: "-C -A -X" },
  { names: "check_nt check_nscp", value: "-s" },
  { names: "check_ldap* check_ldaps check_mssql* check_radius", value: "-P -p" },
  { names: "check_jmx* check_tomcat*", value: "-p -P" },
  { names: "check_vmware* check_esx* check_hp* check_netapp*", value: "-p -P" },
  { names: "zabbix_sender zabbix_get zabbix_agentd", next: "--tls-psk" },
  { names: "centreon centreon_cli clapi", value: "-p" },
  { names: "splunk", pair: "-auth", next: "-password" },
  { names: "logdna-agent dd-agent newrelic-admin nrsysmond-config", value: "-k" },
  { names: "icinga2 icingacli", next: "--ticket" },
  { names: "sensuctl monit nagios naemon thruk", value: "-p" },
  { names: "tacacs_client tacc tactest", value: "-p -k" },
  { names: "testsaslauthd", value: "-p" },
  { names: "saslauthd", harmless: "-a -m" },
  { names: "imtest smtptest pop3test nntptest lmtptest sivtest mupdatetest", value: "-w" },
  { names: "cyradm", value: "-w -p --password" },
  { names: "radtest", places: ["_ # _ _ #"], takes: "-t -P" },
  { names: "eapol_test", value: "-s" },
  { names: "radclient", places: ["_ _ #"], takes: "-f -n -p -r -t -d -D -c -S" },
];
