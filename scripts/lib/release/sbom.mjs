/** The bill of materials: what npm says of the dependencies, and the Node that archives and packages carry. */
import { createHash } from "node:crypto";
import { runNpm } from "../install.mjs";
import { must } from "./programs.mjs";

/** @typedef {import("../nodeBinaries.mjs").NodeBinary} NodeBinary */

/**
 * @param {string} folder package.json and npm-shrinkwrap.json as they are shipped: of a checkout npm leaves out what a development dependency
 * needs as well
 * @param {readonly NodeBinary[]} nodes
 * @param {number} epochSeconds
 * @returns {Promise<string>} CycloneDX as JSON, the same for the same content
 */
export async function billOfMaterials(folder, nodes, epochSeconds) {
  const args = ["sbom", "--sbom-format=cyclonedx", "--prefix", folder, "--package-lock-only", "--loglevel=error"];
  const { output } = await must("npm sbom", runNpm(args));
  const bill = JSON.parse(output.slice(output.indexOf("{")));
  bill.components.push(...nodes.map(nodeComponent));
  const own = bill.dependencies.find((/** @type {{ ref: string }} */ one) => one.ref === bill.metadata.component["bom-ref"]);
  own.dependsOn.push(...nodes.map((node) => referenceOf(node)));
  bill.dependencies.push(...nodes.map((node) => ({ ref: referenceOf(node), dependsOn: [] })));
  bill.metadata.timestamp = new Date(epochSeconds * 1000).toISOString();
  delete bill.serialNumber;
  return `${JSON.stringify({ ...bill, serialNumber: serialOf(JSON.stringify(bill)) }, undefined, 2)}\n`;
}

/** @param {NodeBinary} node */
function nodeComponent(node) {
  return {
    "bom-ref": referenceOf(node),
    type: "platform",
    name: node.package,
    version: node.version,
    description: "The Node.js that the archives and packages of this platform carry",
    licenses: [{ license: { id: "MIT" } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${node.version}:*:*:*:lts:*:*:*`,
    purl: `pkg:npm/${referenceOf(node)}`,
    hashes: [{ alg: "SHA-512", content: Buffer.from(node.integrity.replace(/^sha512-/, ""), "base64").toString("hex") }],
    externalReferences: [{ type: "website", url: "https://nodejs.org/" }],
  };
}

/** @param {NodeBinary} node */
function referenceOf(node) {
  return `${node.package}@${node.version}`;
}

/** @param {string} text @returns {string} a UUID that is the text's own */
function serialOf(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `urn:uuid:${parts.join("-")}`;
}
