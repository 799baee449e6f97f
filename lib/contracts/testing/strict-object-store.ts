import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** An object store that keeps the preconditions of changes, and may delete softly. */
export interface StrictObjectStore {
  url: string;
  stop(): Promise<void>;
}

interface Resource {
  name: string;
  generation: string;
  metageneration: string;
  contentType: string;
}
interface Answer {
  status: number;
  type: string;
  /** Which part of an object it is. */
  range?: string | null;
  body: Buffer;
}

const refused = refusal(412, "At least one of the pre-conditions you specified did not hold.");

/**
 * Stands in front of a fake-gcs-server and does what Cloud Storage documents and that one leaves out: `ifGenerationMatch` and
 * `ifMetagenerationMatch` of DELETE, rewrite and restore, and with `softDeleteSeconds` soft deletion. Changes through it happen one after
 * the other, so that nothing comes between a precondition and its change.
 */
export async function startStrictObjectStore(
  store: string,
  options: { softDeleteSeconds?: number } = {},
): Promise<StrictObjectStore> {
  const deleted = new Map<string, { resource: Resource; content: Buffer }>();
  let last: Promise<unknown> = Promise.resolve();

  const server = createServer((incoming, outgoing) => {
    const answering = async () =>
      write(outgoing, await answer(incoming.method ?? "GET", incoming, await buffer(incoming)));
    const breakOff = () => void outgoing.destroy();
    if (incoming.method === "GET") answering().catch(breakOff);
    else last = last.then(answering).catch(breakOff);
  });

  async function answer(method: string, { url = "/", headers }: IncomingMessage, body: Buffer): Promise<Answer> {
    const target = new URL(url, store);
    const [, place, source, to] =
      /^(\/storage\/v1\/b\/[^/]+)\/o\/([^/]+)(?:\/(?:restore|rewriteTo(\/.+)))?$/.exec(target.pathname) ?? [];
    const query = target.searchParams;
    if (method === "POST" && place && source && target.pathname.endsWith("/restore"))
      return restore(place, source, query);
    if (method === "DELETE" && place && source) {
      if (!(await holds(target.pathname, query, ""))) return refused;
      await keepDeleted(target.pathname);
    }
    if (method === "POST" && to) {
      if (!(await holds(`${place}/o/${source}`, query, "Source"))) return refused;
      if (!(await holds(`/storage/v1${to}`, query, ""))) return refused;
    }
    const given = await forward(method, target, headers, body);
    const isBucket = method === "GET" && /^\/storage\/v1\/b\/[^/]+$/.test(target.pathname);
    if (!isBucket || options.softDeleteSeconds === undefined) return given;
    const softDeletePolicy = { retentionDurationSeconds: String(options.softDeleteSeconds) };
    return json(given.status, { ...JSON.parse(given.body.toString()), softDeletePolicy });
  }

  /** Whether what a precondition says holds; 0: that there is none. */
  async function holds(path: string, query: URLSearchParams, of: "" | "Source"): Promise<boolean> {
    const wanted = [query.get(`if${of}GenerationMatch`), query.get(`if${of}MetagenerationMatch`)];
    if (wanted.every((one) => one === null)) return true;
    const found = await resourceAt(path);
    const present = [found?.generation ?? "0", found?.metageneration ?? "0"];
    return wanted.every((one, index) => one === null || one === present[index]);
  }

  async function resourceAt(path: string): Promise<Resource | null> {
    const found = await fetch(new URL(path, store));
    if (found.ok) return (await found.json()) as Resource;
    await found.body?.cancel();
    return null;
  }

  async function keepDeleted(path: string): Promise<void> {
    const resource = options.softDeleteSeconds === undefined ? null : await resourceAt(path);
    if (resource === null) return;
    const content = await fetch(new URL(`${path}?alt=media`, store), { headers: { "accept-encoding": "gzip" } });
    deleted.set(`${path}#${resource.generation}`, { resource, content: Buffer.from(await content.arrayBuffer()) });
  }

  async function restore(place: string, source: string, query: URLSearchParams): Promise<Answer> {
    const path = `${place}/o/${source}`;
    const kept = deleted.get(`${path}#${query.get("generation")}`);
    if (!kept) return refusal(404, "No such object");
    if (!(await holds(path, query, ""))) return refused;
    const { generation: _old, ...metadata } = kept.resource;
    const boundary = "between-the-parts";
    const head = `--${boundary}\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n`;
    const parts = [
      head,
      `--${boundary}\r\ncontent-type: ${metadata.contentType}\r\n\r\n`,
      kept.content,
      `\r\n--${boundary}--\r\n`,
    ];
    const upload = new URL(`/upload${place}/o?uploadType=multipart`, store);
    const type = { "content-type": `multipart/related; boundary=${boundary}` };
    return forward("POST", upload, type, Buffer.concat(parts.map((part) => Buffer.from(part))));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function forward(
  method: string,
  target: URL,
  headers: IncomingMessage["headers"],
  body: Buffer,
): Promise<Answer> {
  const passed = ["content-type", "range", "accept-encoding"].flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as [string, string]] : [];
  });
  const isSent = method !== "GET" && method !== "HEAD";
  const given = await fetch(target, { method, headers: passed, ...(isSent && { body: new Uint8Array(body) }) });
  const type = given.headers.get("content-type") ?? "application/json";
  const range = given.headers.get("content-range");
  return { status: given.status, type, range, body: Buffer.from(await given.arrayBuffer()) };
}

function json(status: number, body: object): Answer {
  return { status, type: "application/json", body: Buffer.from(JSON.stringify(body)) };
}

function refusal(code: number, message: string): Answer {
  return json(code, { error: { code, message, errors: [{ message, reason: "conditionNotMet" }] } });
}

function write(outgoing: ServerResponse, { status, type, range, body }: Answer): void {
  const part = range ? { "content-range": range } : {};
  outgoing.writeHead(status, { "content-type": type, "content-length": body.length, ...part });
  outgoing.end(body);
}
