import { type MessagePort, parentPort } from "node:worker_threads";
import { connectThread } from "../contracts/thread-calls.ts";

/** What a thread of the catalog is told from outside its ports. */
export interface PortMessage {
  port: MessagePort;
}

/** Answers calls on every port that the parent hands over, and says when it is ready. */
export function serveThread(service: object): void {
  if (!parentPort) throw new Error("A thread of the catalog runs as a worker only.");
  const functions = callable(service);
  parentPort.on("message", ({ port }: PortMessage) => connectThread(port, functions));
  parentPort.postMessage("ready");
}

/** The methods of a service as plain functions, also those of a class. */
function callable(service: object): Record<string, unknown> {
  const functions: Record<string, unknown> = {};
  for (let level = service; level !== Object.prototype; level = Object.getPrototypeOf(level) as object) {
    for (const name of Object.getOwnPropertyNames(level)) {
      const method = (service as Record<string, unknown>)[name];
      if (name !== "constructor" && typeof method === "function") functions[name] ??= method.bind(service);
    }
  }
  return functions;
}
