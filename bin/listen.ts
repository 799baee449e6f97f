import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AppError } from "../lib/domain/errors.ts";

const usualPort = 3000;
const tries = 20;

/** Listens on the asked port, or on the first free one from 3000 on. Throws `conflict` when the asked one is taken. */
export async function listen(server: Server, host: string, asked: number | null): Promise<number> {
  const last = asked === null ? usualPort + tries : asked;
  for (let port = asked ?? usualPort; ; port += 1) {
    try {
      return await listenOn(server, host, port);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      if (code === "EADDRINUSE" && port < last) continue;
      const remedy =
        code === "EADDRINUSE"
          ? "End the program that uses it, or choose another with --port."
          : "Choose another with --host or --port.";
      throw new AppError("conflict", `Cannot listen on ${host}:${port} (${code}).`, { remedy, cause });
    }
  }
}

function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
