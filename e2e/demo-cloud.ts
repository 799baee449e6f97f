import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundledWorkspace } from "../lib/layouts/expops/testing/bundled-project.ts";
import { startBundledCloud } from "./support/cloud.ts";

/** `npm run demo:cloud`: both emulators with the bundled project in them, and Trialdeck opened on it, until it is ended. */
const starter = fileURLToPath(new URL("../bin/start.mjs", import.meta.url));
const movedAway = ["cache", "artifacts", "metrics.sqlite"];
const workspace = await mkdtemp(join(tmpdir(), "trialdeck-demo-"));
await cp(bundledWorkspace, workspace, { recursive: true, filter: (path) => !movedAway.includes(basename(path)) });
const cloud = await startBundledCloud();
const server = spawn(process.execPath, [starter, `${cloud.target}+${workspace}`, ...process.argv.slice(2)], {
  env: { ...process.env, ...cloud.env },
  stdio: "inherit",
});
// The server is told by the terminal too, and ends by itself.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => server.kill());
const [code] = await once(server, "exit");
await cloud.stop();
await rm(workspace, { recursive: true });
process.exit(code ?? 0);
