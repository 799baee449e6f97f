import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compressFiles } from "./compress.mjs";
import { Failure, say } from "./failure.mjs";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";

const sources = [
  ...["app", "components", "lib", "public", "proxy.ts"],
  ...["bin/bootstrap/compress.mjs", "next.config.mjs", "postcss.config.mjs", "tsconfig.json", "package-lock.json"],
];
const notBuilt = /(\.test\.tsx?|\.md)$|\/testing\//;

/** Builds the pages with `next build`, unless the present build was made from these very sources. */
export async function ensureBuilt(root, node) {
  if (isBuilt(root, hashSources(root))) return;
  await withLock(root, async () => {
    const hash = hashSources(root);
    if (isBuilt(root, hash)) return;
    say("Building the pages (once for these sources; about a minute) …");
    const begun = Date.now();
    rmSync(stampPath(root), { force: true });
    const output = [];
    const next = join(root, "node_modules", "next", "dist", "bin", "next");
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" };
    const code = await run(node, [next, "build", root], { cwd: root, env, onOutput: (chunk) => output.push(chunk) });
    if (code !== 0) {
      say(Buffer.concat(output).toString("utf8"));
      throw new Failure(
        `The pages could not be built (exit code ${code}).`,
        "See the message above. If the sources are unchanged, remove the folders .next and node_modules and start again.",
      );
    }
    await compressFiles(join(root, ".next", "static"));
    writeFileSync(stampPath(root), hash);
    say(`Built in ${Math.round((Date.now() - begun) / 1000)} s.`);
  });
}

function stampPath(root) {
  return join(root, ".next", "stamp");
}

function isBuilt(root, hash) {
  const [stamp, build] = [stampPath(root), join(root, ".next", "BUILD_ID")];
  return existsSync(build) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
}

/**
 * SHA-256 over names and contents. Contents and not times: a checkout changes the times of what it does not change, and
 * a few megabytes are read in some 50 ms.
 */
export function hashSources(root) {
  const hash = createHash("sha256");
  for (const path of sources.flatMap((source) => listFiles(root, source))) {
    const bytes = readFileSync(join(root, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

function listFiles(root, path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return notBuilt.test(path) ? [] : [path];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => listFiles(root, `${path}/${name}`));
}
