/**
 * `GET /api/host`: whose page this is and what it can do.
 *
 *     { host, version, os, kernel, arch, live, canCapture, loggedIn, cores, memoryTotalBytes, bootTimeSeconds, filesystems, pools,
 *       newestAtMs, staleAfterSeconds, recordedFromMs, notes, nowMs }
 *
 * `staleAfterSeconds` is how long the next second may take; `live` is false for a recording: there is no /api/live then, and nothing to capture. `null` is unknown. Of a
 * file system that several mounts have in common `pools` has one line, and none of what is read-only. Of a recording `recordedFromMs` says when it begins and `nowMs` when it ends; `notes` are what must be known of it, or of this Culprit.
 */
import { defined } from "../../model/defined.ts";
import { poolsOf } from "../../model/pools.ts";
import { grants } from "../auth/scopes.ts";
import type { ServerRouter } from "../context.ts";
import type { PartsWith } from "../routeParts.ts";

/** Adds the route. */
export function addHostRoutes(
  router: ServerRouter,
  { services, settings, clock, guard }: PartsWith<"host" | "newest" | "staleAfterSeconds" | "live" | "replayed" | "notes">,
): void {
  router.get("/api/host", guard.require("read"), (ctx) => {
    const { hostname, version, os, kernel, arch } = services.host;
    const newest = services.newest?.();
    const { principal } = ctx.state;
    const live = services.live !== undefined;
    ctx.set("Cache-Control", "private, no-cache");
    ctx.body = {
      ...{ host: hostname, version, os, kernel, arch, live },
      canCapture: live && principal !== undefined && grants(principal.scopes, "capture"),
      loggedIn: principal?.via === "session",
      telemetryPath: settings.telemetryPath,
      cores: newest?.host.cpu?.cores ?? null,
      memoryTotalBytes: newest?.host.memory?.totalBytes ?? null,
      bootTimeSeconds: newest?.host.bootTimeSeconds ?? null,
      filesystems: (newest?.host.filesystems ?? []).flatMap(({ mountpoint, size, error }) =>
        defined({
          mountpoint,
          usageRatio: size === undefined || size.sizeBytes === 0 ? null : 1 - size.availableBytes / size.sizeBytes,
          error,
        }),
      ),
      pools: poolsOf(newest?.host.filesystems ?? []).map(({ mountpoint, usageRatio }) => ({ mountpoint, usageRatio: usageRatio ?? null })),
      newestAtMs: newest?.takenAtMs ?? null,
      staleAfterSeconds: services.staleAfterSeconds?.() ?? null,
      recordedFromMs: services.replayed?.fromMs ?? null,
      notes: services.notes?.() ?? [],
      nowMs: clock.wallMs(),
    };
  });
}
