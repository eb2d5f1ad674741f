/** `GET /api/host`: whose page this is and what it can do. */
import type { HostAnswer } from "../../api/answers.ts";
import { defined } from "../../model/defined.ts";
import { poolsOfHost } from "../../model/pools.ts";
import { grants } from "../../model/scopes.ts";
import type { ServerRouter } from "../context.ts";
import type { PartsWith } from "../routeParts.ts";

/** Adds the route. */
export function addHostRoutes(
  router: ServerRouter,
  {
    services,
    settings,
    clock,
    guard,
  }: PartsWith<"host" | "newest" | "staleAfterSeconds" | "live" | "recordedFromMs" | "secondsFromMs" | "notes">,
): void {
  router.get("/api/host", guard.require("read"), async (ctx) => {
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
      pools: poolsOfHost(newest?.host ?? {}).map(({ mountpoint, usageRatio }) => ({ mountpoint, usageRatio: usageRatio ?? null })),
      newestAtMs: newest?.takenAtMs ?? null,
      staleAfterSeconds: services.staleAfterSeconds?.() ?? null,
      recordedFromMs: (await services.recordedFromMs()) ?? null,
      secondsFromMs: (await (services.secondsFromMs ?? services.recordedFromMs)()) ?? null,
      notes: services.notes?.() ?? [],
      nowMs: clock.wallMs(),
    } satisfies HostAnswer;
  });
}
