import { createHash } from "node:crypto";
import { realpathSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { say } from "./failure.mjs";

/**
 * Runs `work` while no other process of this clone runs its own. The lock is a listening socket: only one process can
 * hold the name, the system lets go of it when that process dies however it dies, and who waits is woken by the
 * connection closing. (A lock file with a process id would need a guess at what a left-over one means.)
 */
export async function withLock(root, work) {
  const name = `trialdeck-${createHash("sha256").update(realpathSync(root)).digest("hex").slice(0, 16)}`;
  // On Linux a name in the abstract namespace leaves no file behind; elsewhere the file of a dead holder is cleared.
  const address = process.platform === "linux" ? `\0${name}` : join(tmpdir(), `${name}.sock`);
  const release = await acquire(address);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(address) {
  for (let said = false; ; ) {
    const release = await listen(address);
    if (release) return release;
    if (!said) say("Another start is preparing this folder; waiting for it.");
    said = true;
    if ((await untilClosed(address)) === "nobody" && !address.startsWith("\0")) rmSync(address, { force: true });
  }
}

function listen(address) {
  return new Promise((resolve, reject) => {
    const waiting = new Set();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on("error", () => {}).on("close", () => waiting.delete(socket));
    });
    server.on("error", (error) => (error.code === "EADDRINUSE" ? resolve(null) : reject(error)));
    server.listen(address, () =>
      resolve(
        () =>
          new Promise((closed) => {
            server.close(closed);
            for (const socket of waiting) socket.destroy();
          }),
      ),
    );
  });
}

function untilClosed(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.on("error", (error) => resolve(error.code === "ECONNREFUSED" ? "nobody" : "gone"));
    socket.on("close", () => resolve("gone"));
    socket.resume();
  });
}
