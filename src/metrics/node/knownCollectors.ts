/** The names that node_exporter 1.12 knows: a scrape that asks for one that is not offered here gets nothing of it, and no error. */

/** In the order of the alphabet. docs/node.md says of each whether it is offered, or why not. */
export const knownCollectors: ReadonlySet<string> = new Set(
  (
    "arp bcache bcachefs bonding btrfs buddyinfo cgroups conntrack cpu cpu_vulnerabilities cpufreq diskstats dmi dmmultipath drbd drm edac entropy " +
    "ethtool fibrechannel filefd filesystem hwmon infiniband interrupts ipvs kernel_hung ksmd lnstat loadavg logind mdadm meminfo meminfo_numa " +
    "mountstats netclass netdev netstat network_route nfs nfsd ntp nvme nvmesubsystem os pcidevice perf powersupplyclass pressure processes qdisc rapl " +
    "runit schedstat selinux slabinfo sockstat softirqs softnet stat supervisord swap sysctl systemd tapestats tcpstat textfile thermal_zone time " +
    "timex udp_queues uname vmstat watchdog wifi xfrm xfs zfs zoneinfo"
  ).split(" "),
);
