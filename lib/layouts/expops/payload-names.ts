import type { ArtifactFact } from "../../domain/facts.ts";
import type { KeyHashes } from "./keys.ts";
import { decodeProbePath, displayProcess, splitProbePath } from "./names.ts";
import { hashesOfResult } from "./paths.ts";
import { isVersionHash } from "./version-hash.ts";

/** What a file's path tells of it. */
export type PayloadName = Pick<ArtifactFact, "role" | "process" | "step" | "keyParts">;

/**
 * Reads a path below a project's runtime folder, of any era: `cache/<version>/<probe path>/{steps,payloads,model_spill}/…`,
 * `artifacts/<version>/<probe path>/…`; up to 0.1.9 `cache/steps/…`, `artifacts/charts/<run>/<chart>/<time>/…`.
 * Source: docs/layouts/expops.md, "The runtime folder".
 */
export function readPayloadName(path: string): PayloadName {
  const [top = "", ...rest] = path.split("/");
  if (top === "cache") return readCached(rest);
  return top === "artifacts" ? readArtifact(rest) : plainFile;
}

const plainFile: PayloadName = { role: "file", process: null, step: null, keyParts: [] };

function readCached(segments: readonly string[]): PayloadName {
  const [version = "", encoded = "", kind = "", ...rest] = segments;
  const place = decodeProbePath(encoded);
  if (!isVersionHash(version) || place === null) return readOldResult(segments);
  const { process, step } = splitProbePath(place);
  const named = { process: displayProcess(process), step };
  const versionPart = { name: "version", value: version };
  if (kind === "steps") {
    const hashes = hashesOfResult(rest.at(-1) ?? "");
    return hashes
      ? { role: "result", ...named, keyParts: [...hashParts(hashes), versionPart] }
      : { ...plainFile, ...named, keyParts: [versionPart] };
  }
  if (kind === "payloads" && rest.length >= 3) {
    const [run = "", ...key] = rest.slice(0, -1);
    return {
      role: "array",
      ...named,
      keyParts: [versionPart, { name: "run", value: run }, { name: "member", value: key.join("/") }],
    };
  }
  if (kind === "model_spill" && rest.length > 0) {
    const member = rest.join("/").replace(/\.joblib$/, "");
    return { role: "model", ...named, keyParts: [versionPart, { name: "member", value: member }] };
  }
  return { ...plainFile, ...named, keyParts: [versionPart] };
}

/** The key that a result's path tells, names as stored; `null` up to 0.1.9, where a file's name does not hold them whole. */
export function readResultKey(path: string): { process: string; step: string | null; hashes: KeyHashes } | null {
  const [top, version = "", encoded = "", kind, ...rest] = path.split("/");
  const place = top === "cache" && kind === "steps" && isVersionHash(version) ? decodeProbePath(encoded) : null;
  const hashes = hashesOfResult(rest.at(-1) ?? "");
  return place !== null && hashes ? { ...splitProbePath(place), hashes } : null;
}

/** Up to 0.1.9 only the file's name tells: a step's has its process and step joined by `_`, which names hold themselves. */
function readOldResult(segments: readonly string[]): PayloadName {
  const file = segments.at(-1) ?? "";
  const hashes = hashesOfResult(file);
  if (segments[0] !== "steps" || !hashes) return plainFile;
  const process = /^stable_process__(.+)_[0-9a-f]{64}_[0-9a-f]{64}_(?:[0-9a-f]{64}|none)\.pkl$/s.exec(file)?.[1];
  return { role: "result", process: process ?? null, step: null, keyParts: hashParts(hashes) };
}

function readArtifact(segments: readonly string[]): PayloadName {
  const [first = "", second = "", third = ""] = segments;
  const place = decodeProbePath(second);
  if (isVersionHash(first) && place !== null) {
    const { process, step } = splitProbePath(place);
    return { role: "chart", process: displayProcess(process), step, keyParts: [{ name: "version", value: first }] };
  }
  if (first !== "charts" || segments.length < 5) return plainFile;
  const isPrinted = /^std(?:out|err)\.log$/.test(segments.at(-1) ?? "");
  return { role: isPrinted ? "file" : "chart", process: third, step: null, keyParts: [{ name: "run", value: second }] };
}

function hashParts(hashes: Record<"input" | "config" | "function", string>): PayloadName["keyParts"] {
  return (["input", "config", "function"] as const).map((name) => ({ name, value: hashes[name] }));
}

const mediaTypes: Record<string, string> = {
  pkl: "application/x-python-pickle",
  pickle: "application/x-python-pickle",
  joblib: "application/x-joblib",
  npz: "application/x-npz",
  npy: "application/x-npy",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  pdf: "application/pdf",
  html: "text/html",
  htm: "text/html",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  json: "application/json",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  yaml: "application/yaml",
  yml: "application/yaml",
  md: "text/markdown",
  txt: "text/plain",
  log: "text/plain",
};

/** By the extension of the name alone: what the bytes are is the previewer's to find out. */
export function mediaTypeOf(path: string): string {
  const extension = /\.([A-Za-z0-9]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
  return mediaTypes[extension] ?? "application/octet-stream";
}
