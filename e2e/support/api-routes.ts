import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../app/api/v1", import.meta.url));

/** Every route that the build serves below `/api/v1`, as `GET /sources/{source}`: read from the files that are the routes. */
export function listApiRoutes(): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => /route\.ts$/.test(path));
  return files.flatMap((file) => {
    const place = relative(folder, dirname(join(folder, file)));
    const path = `/${place.replaceAll(/\[\.\.\.(\w+)\]|\[(\w+)\]/g, (_, rest, one) => `{${rest ?? one}}`)}`;
    const text = readFileSync(join(folder, file), "utf8");
    const methods = [...text.matchAll(/export (?:async function|function|const) ([A-Z]+)\b|\bas ([A-Z]+),/g)];
    return methods.map(([, named, renamed]) => `${named ?? renamed} ${path}`);
  });
}
