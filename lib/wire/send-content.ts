import { AppError } from "../domain/errors.ts";

interface Content {
  name: string;
  mediaType: string;
  bytes: number;
  modifiedAt: number | null;
  token: string;
  read(start: number, end: number): AsyncGenerator<Uint8Array>;
}

/** Kinds that a browser may show by itself; everything else is saved. */
const safeToShow = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"]);
/** Kinds shown only inside a sandbox of opaque origin, which the header below makes of them wherever they are opened. */
const sandboxed = new Set(["text/html", "image/svg+xml"]);

const sandboxPolicy =
  "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors 'self'";
const closedPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'";

/** The bytes with `Range`, as an attachment unless safe to show; HTML and SVG run, if at all, in a sandbox without network or origin. */
export function sendContent(request: Request, content: Content): Response {
  const isSandboxed = sandboxed.has(content.mediaType);
  const shown = safeToShow.has(content.mediaType) || (isSandboxed && !isPageOfItsOwn(request, content));
  const headers = new Headers({
    "content-type": shown ? withCharset(content.mediaType) : "application/octet-stream",
    "content-disposition": `${shown ? "inline" : "attachment"}; ${fileNameParameters(content.name)}`,
    "content-security-policy": content.mediaType === "text/html" ? sandboxPolicy : closedPolicy,
    "cross-origin-resource-policy": isSandboxed ? "cross-origin" : "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-store",
    "accept-ranges": "bytes",
    etag: `"${Buffer.from(content.token).toString("base64url")}"`,
  });
  if (content.modifiedAt !== null) headers.set("last-modified", new Date(content.modifiedAt).toUTCString());

  const range = readRange(request.headers.get("range"), content.bytes);
  const { start, end } = range ?? { start: 0, end: content.bytes - 1 };
  headers.set("content-length", String(end - start + 1));
  if (range) headers.set("content-range", `bytes ${start}-${end}/${content.bytes}`);
  return new Response(streamOf(content.read(start, end)), { status: range ? 206 : 200, headers });
}

/** A page by itself, outside our frame, could still lead its window elsewhere: it is saved instead. */
function isPageOfItsOwn(request: Request, { mediaType }: Content): boolean {
  return mediaType === "text/html" && request.headers.get("sec-fetch-dest") === "document";
}

function streamOf(parts: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { value, done } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** One range only; several, or a unit we do not know, are answered whole, as RFC 9110 §14.2 allows. */
function readRange(header: string | null, bytes: number): { start: number; end: number } | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return null;
  const [, first, last] = match;
  const start = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (start <= end) return { start, end };
  throw new AppError("bad_request", "The asked range lies outside the artifact.", { details: { bytes } });
}

function withCharset(mediaType: string): string {
  return mediaType.startsWith("text/") ? `${mediaType}; charset=utf-8` : mediaType;
}

/** RFC 6266 and 8187: a plain name for old browsers, the exact one encoded; no line ends can get through. */
function fileNameParameters(name: string): string {
  const whole = name.slice(name.lastIndexOf("/") + 1) || "artifact";
  // A long name loses its middle, since its end says what it is.
  const last = whole.length <= 200 ? whole : whole.slice(0, 150) + whole.slice(-50);
  const plain = last.replace(/[^\w.-]/g, "_");
  const exact = encodeURIComponent(last.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${plain}"; filename*=UTF-8''${exact}`;
}
