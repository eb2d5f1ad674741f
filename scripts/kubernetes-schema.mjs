// Takes from Kubernetes' and the Prometheus operator's own definitions what deploy/kubernetes/ uses, for the test that holds the objects to it:
//
//   node scripts/kubernetes-schema.mjs SWAGGER.json PODMONITORS.yaml
//
// The files are api/openapi-spec/swagger.json of the Go module k8s.io/kubernetes, and
// example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml of github.com/prometheus-operator/prometheus-operator.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { root } from "./lib/project.mjs";

const [swagger, podMonitors] = process.argv.slice(2);
if (swagger === undefined || podMonitors === undefined)
  throw new Error("usage: node scripts/kubernetes-schema.mjs SWAGGER.json PODMONITORS.yaml");

/** Where each kind is defined. */
const kinds = {
  ConfigMap: "io.k8s.api.core.v1.ConfigMap",
  DaemonSet: "io.k8s.api.apps.v1.DaemonSet",
  Namespace: "io.k8s.api.core.v1.Namespace",
  NetworkPolicy: "io.k8s.api.networking.v1.NetworkPolicy",
  PodMonitor: "com.coreos.monitoring.v1.PodMonitor",
  ServiceAccount: "io.k8s.api.core.v1.ServiceAccount",
};

const monitoring = parse(readFileSync(podMonitors, "utf8"));
/** @type {Record<string, any>} */
const all = {
  ...JSON.parse(readFileSync(swagger, "utf8")).definitions,
  [kinds.PodMonitor]: monitoring.spec.versions[0].schema.openAPIV3Schema,
};
// a definition of a custom resource leaves these to Kubernetes
all[kinds.PodMonitor].properties.metadata = { $ref: "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta" };

/** @type {Record<string, unknown>} */
const definitions = {};
for (const name of Object.values(kinds)) take(name);
const sorted = Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(join(root, "test", "fixtures", "kubernetes", "schema.json"), `${JSON.stringify({ kinds, definitions: sorted })}\n`);

/** @param {string} name */
function take(name) {
  if (name in definitions) return;
  definitions[name] = undefined;
  definitions[name] = JSON.parse(JSON.stringify(all[name]), (key, value) => {
    if (key === "$ref") take(value.replace("#/definitions/", ""));
    return isWords(key, value) ? undefined : value;
  });
}

/** @param {string} key @param {unknown} value */
function isWords(key, value) {
  return (key === "description" && typeof value === "string") || (key.startsWith("x-kubernetes-") && key !== "x-kubernetes-int-or-string");
}
