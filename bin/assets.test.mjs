import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openAssets } from "./assets.ts";
import { compressFiles } from "./bootstrap/compress.mjs";

const script = "export const words = 'some more of the same';\n".repeat(100);

/** A server of a build that holds one script, one style too small to compress, and a manifest; what is none of its is answered 404. */
async function serveBuild() {
  const project = mkdtempSync(join(tmpdir(), "assets-"));
  const built = join(project, ".next", "static");
  await mkdir(join(built, "chunks"), { recursive: true });
  await writeFile(join(built, "chunks", "page.js"), script);
  await writeFile(join(built, "chunks", "page.css"), "a{}");
  await writeFile(join(built, "manifest.json"), "{}");
  await compressFiles(built);
  const answers = await openAssets(project);
  const server = createServer((request, response) => {
    if (!answers(request, response)) response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    rmSync(project, { recursive: true });
  });
  const origin = `http://127.0.0.1:${server.address().port}`;
  return (path, init) => fetch(`${origin}/_next/static/${path}`, init);
}

it("answers a script in the form that the browser takes, to be kept for good", async () => {
  const get = await serveBuild();
  for (const [accepted, encoding] of [
    ["gzip, deflate, br, zstd", "br"],
    ["gzip", "gzip"],
    ["identity", null],
  ]) {
    const answer = await get("chunks/page.js", { headers: { "accept-encoding": accepted } });
    expect(answer.headers.get("content-encoding")).toBe(encoding);
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const stored = Number(answer.headers.get("content-length"));
    if (encoding) expect(stored).toBeLessThan(script.length);
    else expect(stored).toBe(script.length);
    expect(await answer.text()).toBe(script);
  }
  expect(await (await get("chunks/page.css")).text()).toBe("a{}");
  expect(await (await get("chunks/page.js", { method: "HEAD" })).text()).toBe("");
});

it.each(["manifest.json", "chunks/page.js.br", "chunks/none.js", "chunks/%2e%2e/%2e%2e/stamp", "chunks/page.js?x=1"])(
  "leaves %s to what comes after",
  async (path) => {
    expect((await (await serveBuild())(path)).status).toBe(404);
  },
);

it("leaves other methods to what comes after", async () => {
  expect((await (await serveBuild())("chunks/page.js", { method: "POST" })).status).toBe(404);
});
