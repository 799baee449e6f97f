import type { MessagePort, Transferable } from "node:worker_threads";
import { createBirpc } from "birpc";
import { AppError, isAppError } from "../domain/errors.ts";

interface Envelope {
  e?: unknown;
  r?: unknown;
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
 * code, remedy and details, be they thrown or the `failure` of one answer among several. No time limit here: each function bounds its own work.
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
    serialize: packErrors,
    deserialize: unpackErrors,
    bind: "functions",
    timeout: -1,
  });
  return rpc as unknown as Remote<Theirs>;
}

function packErrors(message: Envelope): Envelope {
  if (message.e instanceof Error) return { ...message, e: pack(message.e) };
  return withFailures(message, (failure) => (failure instanceof Error ? pack(failure) : failure));
}

function unpackErrors(message: Envelope): Envelope {
  if (isPacked(message.e)) return { ...message, e: unpack(message.e) };
  return withFailures(message, (failure) => (isPacked(failure) ? unpack(failure) : failure));
}

/** Answers to several things asked at once may each hold a failure of their own. */
function withFailures(message: Envelope, change: (failure: unknown) => unknown): Envelope {
  if (!Array.isArray(message.r) || !message.r.some(hasFailure)) return message;
  return {
    ...message,
    r: message.r.map((answer) => (hasFailure(answer) ? { ...answer, failure: change(answer.failure) } : answer)),
  };
}

function hasFailure(answer: unknown): answer is { failure: unknown } {
  return typeof answer === "object" && answer !== null && "failure" in answer;
}

function pack(error: Error): PackedError {
  const known = isAppError(error) ? error : null;
  return {
    packed: true,
    code: known?.code ?? null,
    message: error.message,
    stack: error.stack,
    remedy: known?.remedy,
    details: known?.details,
  };
}

function isPacked(value: unknown): value is PackedError {
  return typeof value === "object" && value !== null && "packed" in value;
}

function unpack({ code, message, stack, remedy, details }: PackedError): Error {
  const error = code ? new AppError(code, message, { remedy, details }) : new Error(message);
  error.stack = stack;
  return error;
}

/** A result that is one whole buffer is moved, not copied. */
function transferables(message: unknown): Transferable[] {
  const result = (message as Envelope).r;
  if (!(result instanceof Uint8Array) || !(result.buffer instanceof ArrayBuffer)) return [];
  return result.byteLength === result.buffer.byteLength ? [result.buffer] : [];
}
