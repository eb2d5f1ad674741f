/** Where the kernel's files are. A value, so that a test reads a fixture tree and a container reads its host. */
export interface ProcRoot {
  /** Usually /proc. */
  readonly procfs: string;
  /** Usually /sys. */
  readonly sysfs: string;
  /** Prefix of every mount point and of /etc/passwd; "/" outside of containers. */
  readonly rootfs: string;
}
