import type { Bucket } from "@google-cloud/storage";
import { lateError } from "./ask-within.ts";

/** As much of what is no content is read as can say what it is. */
const mostRefusalBytes = 64 * 1024;

interface Answer {
  status: number;
  headers: Record<string, string | undefined>;
}

/**
 * Bytes `[offset, offset + length)` of an object, fewer at its end, none beyond it; as they are stored, never unpacked. Rejects when the
 * store refuses, when the stream ends before all came that the answer's head announced, and when nothing comes for `idleMs`.
 */
export function readRange(
  bucket: Bucket,
  name: string,
  range: { offset: number; length: number },
  idleMs: number,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const stream = bucket.requestStream({
      uri: `/o/${encodeURIComponent(name)}`,
      qs: { alt: "media" },
      headers: {
        Range: `bytes=${range.offset}-${range.offset + range.length - 1}`,
        // What is stored packed would else be unpacked by the store, which then ignores ranges.
        "Accept-Encoding": "gzip",
      },
    });
    let answer: Answer | null = null;
    let bytes = Buffer.alloc(0);
    let received = 0;

    let isOver = false;

    const idle = setTimeout(() => give(lateError()), idleMs);
    function give(outcome: Uint8Array | Error) {
      if (isOver) return;
      isOver = true;
      clearTimeout(idle);
      if (!(outcome instanceof Error)) return resolve(outcome);
      if (answer !== null) abandon();
      reject(outcome);
    }
    /** Ends the connection. Before the answer's head, or while it is told of, the client would fall over it. */
    function abandon() {
      setImmediate(() => "abort" in stream && typeof stream.abort === "function" && stream.abort());
    }

    stream.on("response", (response: { statusCode: number; headers: Answer["headers"] }) => {
      if (isOver) return abandon();
      idle.refresh();
      answer = { status: response.statusCode, headers: response.headers };
      const announced = announcedBytes(answer);
      if (answer.status === 200) give(Object.assign(new Error("the whole object came"), { code: "NOT_STORAGE" }));
      else if (announced !== null && announced > range.length) give(cutError());
      else bytes = Buffer.allocUnsafeSlow(announced ?? mostRefusalBytes);
    });
    stream.on("data", (chunk: Buffer) => {
      if (isOver) return;
      idle.refresh();
      chunk.copy(bytes, received);
      received += chunk.length;
    });
    stream.on("end", () => {
      if (answer === null) give(cutError());
      else if (answer.status === 416) give(Buffer.alloc(0));
      else if (answer.status !== 206) give(refusedError(answer, bytes.subarray(0, received)));
      else give(received === bytes.length ? bytes : cutError());
    });
    stream.on("error", give);
    stream.on("close", () => give(cutError()));
  });
}

/** Bytes that a part of an object has by the answer's head; `null` when it is no such part. */
function announcedBytes({ status, headers }: Answer): number | null {
  const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(headers["content-range"] ?? "") ?? [];
  return status === 206 && first !== undefined ? Number(last) - Number(first) + 1 : null;
}

function cutError(): Error {
  return Object.assign(new Error("the stream ended before its time"), { code: "CUT" });
}

/** In the form of the client's own errors. */
function refusedError({ status, headers }: Answer, body: Buffer): Error {
  return Object.assign(new Error(body.toString()), { code: status, response: { headers } });
}
