/** What is left out: what node_exporter 1.12 leaves out by itself. */

/** Patterns of names that are not shown. */
export interface NodeExclusions {
  readonly mountpoints: RegExp;
  readonly filesystemTypes: RegExp;
  readonly disks: RegExp;
  /** Of the netdev collector; none. */
  readonly networkDevices: RegExp;
  /** Of the netclass collector; none. */
  readonly interfaces: RegExp;
}

/** node_exporter's own defaults; Debian's package hides mounts below /mnt, /media and /run and the loopback interface as well. */
export const defaultExclusions: NodeExclusions = {
  mountpoints: /^\/(dev|proc|run\/credentials\/.+|sys|var\/lib\/docker\/.+|var\/lib\/containers\/storage\/.+)($|\/)/,
  filesystemTypes:
    /^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$/,
  disks: /^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/,
  networkDevices: /^$/,
  interfaces: /^$/,
};
