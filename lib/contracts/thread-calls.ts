import type { MessagePort, Transferable } from "node:worker_threads";
import { createBirpc } from "birpc";
import { AppError, isAppError } from "../domain/errors.ts";

interface Envelope {
  e?: unknown;
}
interface PackedError {
  packed: true;
  code: AppError["code"] | null;
  message: string;
  stack: string | undefined;
  remedy: string | undefined;
  details: Record<string, unknown> | undefined;
}

/** What `connectThread` gives: the functions of the other side, and an end. */
export type Remote<Functions extends object> = Functions & { $close: (reason?: Error) => void };

/**
 * Calls across threads: `functions` are what this side answers, the result is what the other side answers. Errors stay `AppError`s with
 * code, remedy and details. No time limit here: each function bounds its own work.
 */
export function connectThread<Theirs extends object>(port: MessagePort, functions: object): Remote<Theirs> {
  const rpc = createBirpc<Theirs, object>(functions, {
    post: (message: unknown) => port.postMessage(message, transferables(message)),
    on: (receive) => {
      port.on("message", receive);
    },
    off: (receive) => {
      port.off("message", receive);
    },
    serialize: packError,
    deserialize: unpackError,
    bind: "functions",
    timeout: -1,
  });
  return rpc as unknown as Remote<Theirs>;
}

function packError(message: Envelope): Envelope {
  const error = message.e;
  if (!(error instanceof Error)) return message;
  const known = isAppError(error) ? error : null;
  const packed: PackedError = {
    packed: true,
    code: known?.code ?? null,
    message: error.message,
    stack: error.stack,
    remedy: known?.remedy,
    details: known?.details,
  };
  return { ...message, e: packed };
}

function unpackError(message: Envelope): Envelope {
  const packed = message.e as PackedError | undefined;
  if (!packed?.packed) return message;
  const error = packed.code
    ? new AppError(packed.code, packed.message, { remedy: packed.remedy, details: packed.details })
    : new Error(packed.message);
  error.stack = packed.stack;
  return { ...message, e: error };
}

/** A result that is one whole buffer is moved, not copied. */
function transferables(message: unknown): Transferable[] {
  const result = (message as { r?: unknown }).r;
  if (!(result instanceof Uint8Array) || !(result.buffer instanceof ArrayBuffer)) return [];
  return result.byteLength === result.buffer.byteLength ? [result.buffer] : [];
}
