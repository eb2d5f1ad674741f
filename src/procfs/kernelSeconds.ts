/** The kernel's monotonic clock (CLOCK_MONOTONIC), from which systemd and the kernel log count: that of libuv is the same. */
export function kernelSeconds(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
