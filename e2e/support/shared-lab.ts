import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fixture } from "./fixtures.ts";
import { startTrialdeck, type TrialdeckServer, untilIndexed } from "./trialdeck-server.ts";

const command = fileURLToPath(new URL("../../bin/trialdeck.ts", import.meta.url));

/** A token as `trialdeck token NAME` makes it. */
async function makeToken(name: string): Promise<{ token: string; hash: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [command, "token", name]);
  const [token = ""] = stdout.split("\n");
  const hash = /sha256:[0-9a-f]{64}/.exec(stdout)?.[0] ?? "";
  return { token, hash };
}

const people = {
  viewer: { role: "viewer" },
  operator: { role: "operator" },
  admin: { role: "admin" },
  /** Sees the project spill-lab and nothing of wine-lab. */
  scoped: { role: "operator", sources: ["lab"], projects: ["spill-lab"] },
  expired: { role: "admin", expires: "2026-01-01" },
} as const;
export type Person = keyof typeof people;

export interface SharedLab {
  server: TrialdeckServer;
  tokens: Record<Person, string>;
  /** The answer of a request below `/api/v1` by someone. */
  ask(who: Person, path: string, body?: unknown): Promise<{ status: number; text: string; json: unknown }>;
  stop(): Promise<void>;
}

/** One workspace with the projects wine-lab and spill-lab, shared by people with different roles. */
export async function openSharedLab(): Promise<SharedLab> {
  const folder = await mkdtemp(join(tmpdir(), "shared-lab-"));
  const workspace = join(folder, "workspace");
  await mkdir(workspace);
  for (const project of ["expops/sqlite-local/wine-lab", "expops/versions/workspace/spill-lab"])
    await cp(fixture(project), join(workspace, project.split("/").at(-1) ?? ""), { recursive: true });
  const made = await Promise.all(
    Object.entries(people).map(async ([name, granted]) => ({ name, granted, ...(await makeToken(name)) })),
  );
  const config = join(folder, "trialdeck.config.yaml");
  const tokens = made.map(({ name, hash, granted }) => ({ name, hash, ...granted }));
  await writeFile(
    config,
    JSON.stringify({ sources: [{ target: workspace, id: "lab", label: "Lab" }], access: { tokens } }),
  );
  const env = { ...process.env, TRIALDECK_INVALIDATION: "on", TRIALDECK_CONFIG_EDIT: "1" };
  const server = await startTrialdeck([], { env, args: ["--config", config] });
  await untilIndexed(server);
  const tokenOf = Object.fromEntries(made.map(({ name, token }) => [name, token])) as Record<Person, string>;
  return {
    server,
    tokens: tokenOf,
    async ask(who, path, body) {
      const answer = await fetch(`${server.origin}/api/v1${path}`, {
        ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
        headers: {
          authorization: `Bearer ${tokenOf[who]}`,
          "content-type": "application/json",
          "idempotency-key": crypto.randomUUID(),
        },
      });
      const text = await answer.text();
      return { status: answer.status, text, json: text.startsWith("{") ? JSON.parse(text) : null };
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
