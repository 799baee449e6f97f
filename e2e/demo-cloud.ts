import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startRecordedCloud } from "./support/cloud.ts";

/** `npm run demo:cloud`: both emulators with a recorded project in them, and Trialdeck opened on it, until it is ended. */
const starter = fileURLToPath(new URL("../bin/start.mjs", import.meta.url));
const cloud = await startRecordedCloud();
const server = spawn(process.execPath, [starter, cloud.target, ...process.argv.slice(2)], {
  env: { ...process.env, ...cloud.env },
  stdio: "inherit",
});
// The server is told by the terminal too, and ends by itself.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => server.kill());
const [code] = await once(server, "exit");
await cloud.stop();
process.exit(code ?? 0);
