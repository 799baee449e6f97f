import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";

interface Asset {
  plain: Buffer;
  br?: Buffer;
  gzip?: Buffer;
  type: string;
}

const prefix = "/_next/static";
const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const encodings = ["br", "gzip"] as const;
const endings = { br: ".br", gzip: ".gz" };

/**
 * Answers what the pages are built of, in the form that the build compressed it to; `true` when it did. Next would compress each again for each
 * browser, on the thread that answers everything else. Held in memory (some 3 MB): a build that replaces the files takes nothing from pages that
 * are open. Names hold a hash of the content, so that browsers keep them for good. What is of another type stays Next's.
 */
export async function openAssets(
  projectDir: string,
): Promise<(request: IncomingMessage, response: ServerResponse) => boolean> {
  const assets = await readAssets(join(projectDir, ".next", "static"));
  return (request, response) => {
    const asset = assets.get(request.url ?? "");
    if (!asset || (request.method !== "GET" && request.method !== "HEAD")) return false;
    const accepted = (request.headers["accept-encoding"] ?? "").toString().split(/\s*,\s*/);
    const encoding = encodings.find((one) => asset[one] && accepted.includes(one));
    const bytes = encoding ? asset[encoding]! : asset.plain;
    response.writeHead(200, {
      "cache-control": "public, max-age=31536000, immutable",
      "content-length": bytes.length,
      "content-type": asset.type,
      vary: "accept-encoding",
      ...(encoding && { "content-encoding": encoding }),
    });
    response.end(request.method === "HEAD" ? undefined : bytes);
    return true;
  };
}

/** By the path that a browser asks for. */
async function readAssets(folder: string): Promise<Map<string, Asset>> {
  const names = new Set(await readdir(folder, { recursive: true }));
  const found = await Promise.all(
    [...names].map(async (name) => {
      const type = types[extname(name)];
      if (!type) return [];
      const readIfThere = (copy: string) => (names.has(copy) ? readFile(join(folder, copy)) : undefined);
      const [plain, br, gzip] = await Promise.all([
        readFile(join(folder, name)),
        readIfThere(name + endings.br),
        readIfThere(name + endings.gzip),
      ]);
      const path = `${prefix}/${name.split(/[\\/]/).map(encodeURIComponent).join("/")}`;
      return [[path, { plain, br, gzip, type }] as const];
    }),
  );
  return new Map(found.flat());
}
