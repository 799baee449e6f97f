import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const text = /\.(?:js|css|svg|json|map|txt)$/;
/** Smaller ones gain nothing. */
const smallest = 1024;
const atOnce = 4;

/** Puts a brotli and a gzip copy beside each text file below `folder`, so that the server compresses none of them while somebody waits. */
export async function compressFiles(folder) {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && text.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const compressOn = async () => {
    for (let path = paths.pop(); path; path = paths.pop()) {
      const bytes = await readFile(path);
      if (bytes.length < smallest) continue;
      const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
      await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
      await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, compressOn));
}
