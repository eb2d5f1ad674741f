/** What is left out: Debian's defaults of node_exporter 1.5, but for /mnt and /media themselves. */

/** Patterns of names that are not shown. */
export interface NodeExclusions {
  readonly mountpoints: RegExp;
  readonly filesystemTypes: RegExp;
  readonly disks: RegExp;
  readonly networkDevices: RegExp;
  /** Interfaces that the netclass collector leaves out; none. */
  readonly interfaces: RegExp;
}

/** Debian's defaults, but cloud images mount their second disk at /mnt itself. Upstream shows what is below, /run and the loopback interface as well. */
export const debianExclusions: NodeExclusions = {
  mountpoints: /^\/((dev|proc|run|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)|(mnt|media)\/)/,
  filesystemTypes:
    /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$/,
  disks: /^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/,
  networkDevices: /^lo$/,
  interfaces: /^$/,
};
