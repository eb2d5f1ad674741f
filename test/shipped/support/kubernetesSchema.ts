import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { fixturePath } from "../../support/paths.ts";

/** What scripts/kubernetes-schema.mjs has taken from Kubernetes and the Prometheus operator. */
const { kinds, definitions } = JSON.parse(readFileSync(fixturePath("kubernetes", "schema.json"), "utf8"), strictly);

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
ajv.addSchema({ $id: "kubernetes", definitions });

/** What is wrong with an object, by path; as strict as `kubectl apply`, which refuses keys that it does not know. */
export function kubernetesProblems(object: { readonly kind: string }): readonly string[] {
  const definition = kinds[object.kind];
  if (definition === undefined) return [`${object.kind}: no schema`];
  const validate = ajv.getSchema(`kubernetes#/definitions/${definition}`);
  if (validate === undefined || validate(object) === true) return [];
  return (validate.errors ?? [])
    .map(
      ({ instancePath, message, params }) =>
        `${instancePath} ${message}${"additionalProperty" in params ? `: ${params.additionalProperty}` : ""}`,
    )
    .sort();
}

/** Kubernetes' schema lists properties without saying that there are no others, and writes numbers or strings as strings. */
function strictly(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("format" in value && value.format === "int-or-string") return { type: ["integer", "string"] };
  const isClosed = "type" in value && value.type === "object" && "properties" in value && !("additionalProperties" in value);
  return isClosed ? { ...value, additionalProperties: false } : value;
}
