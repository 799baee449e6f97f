import type { Bucket } from "@google-cloud/storage";
import { askWithin } from "./ask-within.ts";

/** An object as the store tells of it. */
export interface StoredObject {
  kind?: string;
  name?: string;
  size?: string | number;
  generation?: string | number;
  metageneration?: string | number;
  crc32c?: string;
  /** Lacking for objects composed of others. */
  md5Hash?: string;
}

/** What belongs to an object besides its content and survives a copy; access lists do not. */
const copiedFields = [
  "contentType",
  "contentEncoding",
  "contentDisposition",
  "contentLanguage",
  "cacheControl",
  "customTime",
  "contexts",
  "metadata",
  "storageClass",
] as const;

/** Changes of objects, each asked once and under a precondition: what is asked twice could not be told from what another did. */
export interface ObjectWrites {
  /** Copies this very version to a name that is free. */
  copy(from: StoredObject, fromName: string, toName: string): Promise<void>;
  remove(name: string, generation: string, metageneration: string | null): Promise<void>;
  /** Makes a version that was softly deleted serve again where nothing does. */
  restore(name: string, generation: string): Promise<void>;
}

export function objectWrites(bucket: Bucket, timeoutMs: number): ObjectWrites {
  async function send(method: "POST" | "DELETE", uri: string, qs: object, json?: object): Promise<object> {
    const [body] = await askWithin(timeoutMs, () => bucket.request({ method, uri, qs, ...(json && { json }) }));
    // Another server's page, such as a proxy's.
    if (typeof body === "string" && body !== "") throw Object.assign(new Error("a page came"), { code: "NOT_STORAGE" });
    return Object(body);
  }

  return {
    async copy(from, fromName, toName) {
      const given = from as Record<string, unknown>;
      const kept = Object.fromEntries(copiedFields.flatMap((field) => (given[field] ? [[field, given[field]]] : [])));
      const to = `/o/${encodeURIComponent(fromName)}/rewriteTo/b/${bucket.name}/o/${encodeURIComponent(toName)}`;
      const precondition = {
        sourceGeneration: from.generation,
        ifSourceGenerationMatch: from.generation,
        ifSourceMetagenerationMatch: from.metageneration,
        ifGenerationMatch: 0,
      };
      let answer: { done?: boolean; rewriteToken?: string } = {};
      do {
        const { rewriteToken } = answer;
        answer = await send("POST", to, { ...precondition, ...(rewriteToken && { rewriteToken }) }, kept);
      } while (answer.done === false && answer.rewriteToken);
      if (answer.done !== true) throw Object.assign(new Error("the copy was not finished"), { code: "NOT_STORAGE" });
    },
    async remove(name, generation, metageneration) {
      const precondition = {
        ifGenerationMatch: generation,
        ...(metageneration !== null && { ifMetagenerationMatch: metageneration }),
      };
      await send("DELETE", `/o/${encodeURIComponent(name)}`, precondition);
    },
    async restore(name, generation) {
      await send("POST", `/o/${encodeURIComponent(name)}/restore`, { generation, ifGenerationMatch: 0 });
    },
  };
}
