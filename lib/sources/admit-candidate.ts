import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, isAbsolute, relative } from "node:path";
import type { SlotPlan } from "../contracts/layout.ts";
import { AppError } from "../domain/errors.ts";
import { isForbiddenAddress } from "../drivers/forbidden-addresses.ts";
import type { SettingsFile } from "../settings/parse-settings.ts";
import type { PlannedSlot } from "./plan-slots.ts";
import type { SourceConfig } from "./source-config.ts";

/** What a source that somebody only wants to try may name. */
export interface CandidateRules {
  /** `host:port`, exactly as it must be written. */
  hosts: readonly string[];
  /** Folders that its folders and files must stand in. */
  roots: readonly string[];
}

export type Resolve = (host: string) => Promise<LookupAddress[]>;

const resolveByName: Resolve = (host) => lookup(host, { all: true });
const googleHosts = { firestore: "firestore.googleapis.com:443", gcs: "storage.googleapis.com:443" } as const;
const hostName = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Where the sources lead, and what the settings file lists besides. */
export function placesOf(
  configs: readonly SourceConfig[],
  { path, candidateHosts = [] }: SettingsFile,
): CandidateRules {
  const parts = configs.flatMap(({ parts: own }) => own);
  const hosts = parts.flatMap((part) => {
    if (part.scheme === "firestore") return [googleHosts.firestore];
    if (part.scheme === "gs") return [googleHosts.gcs];
    return part.scheme === "redis" ? [listedAs(new URL(part.url))] : [];
  });
  const roots = parts.flatMap((part) => (part.scheme === "folder" ? [part.path] : []));
  return { hosts: [...hosts, ...candidateHosts], roots: [dirname(path), ...roots] };
}

function listedAs({ hostname, port }: URL): string {
  return `${hostname}:${port || "6379"}`;
}

/** Throws the one refusal unless every path of the candidate stands in the roots. Nothing else of them is looked at. */
export function admitPaths({ parts, tls, googleKeyFile }: SourceConfig, { roots }: CandidateRules): void {
  const paths = parts.flatMap((part) => ("path" in part ? [part.path] : []));
  for (const path of [...paths, tls?.caFile, googleKeyFile])
    if (path !== undefined && !isInside(path, roots)) throw refusal();
  if (googleKeyFile !== undefined && !isServiceAccount(googleKeyFile)) throw refusal();
}

/**
 * Throws the one refusal unless every store of the candidate, also one that a project's own config names, is at a host that is listed. A name is
 * resolved once, and the address that came of it is what is connected to.
 */
export function admitSlots(
  planned: readonly PlannedSlot[],
  rules: CandidateRules,
  resolve: Resolve = resolveByName,
): Promise<PlannedSlot[]> {
  return Promise.all(
    planned.map(async (slot) => ({
      ...slot,
      plan: { ...slot.plan, open: await admitStore(slot.plan.open, rules, resolve) },
    })),
  );
}

async function admitStore(open: SlotPlan["open"], rules: CandidateRules, resolve: Resolve): Promise<SlotPlan["open"]> {
  switch (open.engine) {
    case "redis":
      return admitRedis(open, rules, resolve);
    case "firestore":
    case "gcs":
      if (open.emulatorHost !== null || !rules.hosts.includes(googleHosts[open.engine])) throw refusal();
      return open;
    default:
      return open;
  }
}

async function admitRedis(
  open: Extract<SlotPlan["open"], { engine: "redis" }>,
  { hosts }: CandidateRules,
  resolve: Resolve,
): Promise<SlotPlan["open"]> {
  const url = URL.parse(open.url);
  if (!url || !/^rediss?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") throw refusal();
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (!hosts.includes(listedAs(url)) || !isHost(host)) throw refusal();
  const addresses = isIP(host) ? [{ address: host }] : await resolve(host).catch(() => []);
  const [first] = addresses;
  if (!first || addresses.some(({ address }) => !isIP(address) || isForbiddenAddress(address))) throw refusal();
  const isSecure = url.protocol === "rediss:" || open.tls !== undefined;
  url.hostname = first.address.includes(":") ? `[${first.address}]` : first.address;
  const serverName = open.tls?.serverName ?? (isIP(host) ? undefined : host);
  return {
    ...open,
    url: url.href,
    ...(isSecure && { tls: { ...open.tls, ...(serverName !== undefined && { serverName }) } }),
  };
}

/** An address as it is usually written, or a name whose last part is no number: such names are read as addresses by some. */
function isHost(host: string): boolean {
  if (isIP(host)) return true;
  const last = host.split(".").at(-1) ?? "";
  return hostName.test(host) && !/^(?:\d+|0x[0-9a-f]*)$/.test(last);
}

function isInside(path: string, roots: readonly string[]): boolean {
  if (path.includes("\0")) return false;
  try {
    const real = realpathSync(path);
    const stat = statSync(real);
    return (stat.isFile() || stat.isDirectory()) && roots.some((root) => isBelow(real, realpathSync(root)));
  } catch {
    return false;
  }
}

function isBelow(path: string, root: string): boolean {
  const way = relative(root, path);
  return way === "" || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== "..");
}

/** Keys of other kinds may name programs to run and addresses to ask. */
function isServiceAccount(path: string): boolean {
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { type?: unknown } | null)?.type === "service_account";
  } catch {
    return false;
  }
}

/** The same whatever the reason is, so that nothing can be learnt of what is there. */
export function refusal(): AppError {
  return new AppError("forbidden", "This place may not be tried", {
    remedy:
      "Folders and files stand beside the settings file or in a folder of its sources; a host is listed as host:port under candidateHosts of that file, and is none of a link or of a machine's metadata.",
  });
}
