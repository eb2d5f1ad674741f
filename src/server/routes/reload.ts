/** `POST /-/reload`: reads the configuration once more, as Prometheus does. */
import type { ReloadAnswer } from "../../api/answers.ts";
import { reasonOf } from "../../model/errors.ts";
import type { ServerRouter } from "../context.ts";
import { HttpProblem } from "../problem.ts";
import type { PartsWith } from "../routeParts.ts";

/** Adds the route. A file with a mistake is answered with 422, the key, the line and what was expected; what held before holds. */
export function addReloadRoutes(router: ServerRouter, { services, guard }: PartsWith<"reload">): void {
  router.post("/-/reload", guard.require("admin"), async (ctx) => {
    try {
      ctx.body = (await services.reload()) satisfies ReloadAnswer;
    } catch (error) {
      throw new HttpProblem(422, `the configuration cannot be used, what held before holds: ${reasonOf(error)}`);
    }
  });
}
