import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.mjs";

const needed = 24;

/** Path of the Node that runs the product: the one among the packages, else the present one if it is new enough. */
export function findNode(root) {
  const platform = `${process.platform}-${process.arch}`;
  const packaged = join(root, "node_modules", `node-${platform}`, "bin", "node");
  if (existsSync(packaged)) return packaged;
  if (Number.parseInt(process.versions.node, 10) >= needed) return process.execPath;
  throw new Failure(
    `Trialdeck runs on Node ${needed}; this is Node ${process.versions.node}, and none comes packaged for ${platform}.`,
    `Install Node ${needed} (https://nodejs.org), then start again.`,
  );
}
