import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./bootstrap/build.mjs";
import { runMain } from "./bootstrap/failure.mjs";
import { ensureInstalled } from "./bootstrap/install.mjs";
import { findNode } from "./bootstrap/node.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

await runMain(async () => {
  await ensureInstalled(root);
  await ensureBuilt(root, findNode(root));
  return 0;
});
