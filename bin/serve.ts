import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import next from "next";
import { sharedEngine } from "../lib/engine/shared-engine.ts";
import { startEngine } from "../lib/engine/start-engine.ts";
import { readAccess } from "../lib/settings/access.ts";
import type { CommandLine } from "../lib/settings/command-line.ts";
import { readEnvironment } from "../lib/settings/environment.ts";
import { restoreEncoding } from "../lib/wire/carried-encoding.ts";
import { openAssets } from "./assets.ts";
import { admit, admitToApi, allowedHosts, requireAccessBeyondLoopback } from "./door.ts";
import { listen } from "./listen.ts";
import { openBrowser } from "./open-browser.ts";

const projectDir = fileURLToPath(new URL("..", import.meta.url));
const bundledWorkspace = fileURLToPath(new URL("../bundled/workspace", import.meta.url));

/** Starts the server and stays until it is asked to end (SIGINT, SIGTERM). Throws before listening when settings are wrong or unsafe. */
export async function serve(line: CommandLine, version: string): Promise<void> {
  const environment = readEnvironment(process.env);
  const access = readAccess(line, environment, process.cwd());
  requireAccessBeyondLoopback(line.host, environment.TRIALDECK_TOKEN, access);
  const publicHost = access?.access.url ? new URL(access.access.url).host : null;

  const hosts = allowedHosts(line.host);
  const app = next({ dev: line.dev, dir: projectDir, quiet: !line.dev });
  const answersAsset = line.dev ? () => false : await openAssets(projectDir);
  let port = 0;
  let ready: Promise<unknown> = Promise.resolve();
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    if (!admit(request, response, hosts, port, publicHost)) return;
    if (answersAsset(request, response)) return;
    restoreEncoding(response);
    void ready.then(async () => {
      if (await admitToApi(request, response, sharedEngine().auth)) void app.getRequestHandler()(request, response);
    });
  });
  port = await listen(server, line.host, line.port ?? environment.PORT ?? null);

  const origins = [line.host.includes(":") ? `[${line.host}]` : line.host, ...hosts].map(
    (host) => `http://${host}:${port}`,
  );
  const starting = startEngine({
    line,
    environment,
    version,
    here: process.cwd(),
    bundledWorkspace,
    origins,
    port,
    access,
    log,
  });
  ready = Promise.all([starting, app.prepare()]);
  const started = await starting;
  await ready;
  // In development Next attaches its own handler, for hot reload; nothing else here ever upgrades.
  if (!line.dev) server.on("upgrade", (_request, socket) => socket.destroy());

  const address = `${origins[0]}${started.signInPath}`;
  console.log(`Trialdeck ${version}: ${started.labels.join(", ")} (${started.why})`);
  if (started.heldBy) {
    console.log(
      `Another Trialdeck (process ${started.heldBy.pid}, ${started.heldBy.url}) holds ${started.stateDir}: this one only reads.`,
    );
  }
  console.log(`Open ${address}`);
  if (line.open) openBrowser(address);

  await untilAsked(server);
  await started.close();
  process.exit(0);
}

function log(level: "info" | "warn", message: string, facts?: Record<string, unknown>): void {
  console[level](`${message}${facts ? ` ${JSON.stringify(facts)}` : ""}`);
}

function untilAsked(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      server.close();
      server.closeAllConnections();
      resolve();
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  });
}
