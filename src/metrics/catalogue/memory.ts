import { type Family, gauge } from "../family.ts";

/** Memory and swap. */
export const memoryFamilies: readonly Family[] = [
  gauge(
    "culprit_memory_usage_ratio",
    "Share of memory that is not available, 0 to 1, mean over the window.",
    (view) => view.window?.memoryUsageRatio?.mean,
  ),
  gauge(
    "culprit_memory_usage_peak_ratio",
    "Share of memory that was not available, 0 to 1, in the fullest second of the window.",
    (view) => view.window?.memoryUsageRatio?.peak,
  ),
  gauge("culprit_memory_total_bytes", "Memory of the machine.", (view) => view.snapshot?.host.memory?.totalBytes),
  gauge("culprit_memory_available_bytes", "Memory that can be had without swapping.", (view) => view.snapshot?.host.memory?.availableBytes),
  gauge("culprit_swap_total_bytes", "Size of swap.", (view) => view.snapshot?.host.memory?.swapTotalBytes),
  gauge("culprit_swap_used_bytes", "Swap in use.", (view) => view.snapshot?.host.memory?.swapUsedBytes),
];
