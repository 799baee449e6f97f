import type { Receipt } from "../../contracts/changes.ts";
import { trashPath } from "../trash.ts";
import type { StoredObject } from "./object-requests.ts";

/** Where an object waits: softly deleted under its own name, or as a copy. */
export type KeptObject = { bytes: number; content: string } & ({ way: "soft"; generation: string } | { way: "copy" });

const softly = "soft-deleted/";

/** The place of what is set aside, with the proof of its content, which a copy's own numbers are not. */
export function placeOf(receiptId: string, object: StoredObject, way: KeptObject["way"]): string {
  const place = way === "soft" ? `${softly}${object.generation}` : trashPath(receiptId);
  return `${place}#${contentOf(object)}`;
}

/** `null`: such a place was never given. */
export function readPlace({ kept, bytes }: Receipt): KeptObject | null {
  if (!("place" in kept)) return null;
  const [place = "", content = ""] = kept.place.split("#");
  if (!place.startsWith(softly)) return { way: "copy", bytes, content };
  return { way: "soft", generation: place.slice(softly.length), bytes, content };
}

/** Whether an object has the content that was set aside. */
export function hasContent(object: StoredObject, kept: KeptObject): boolean {
  if (Number(object.size) !== kept.bytes) return false;
  const [crc, md5] = contentOf(object).split(",");
  const [keptCrc, keptMd5] = kept.content.split(",");
  return crc === keptCrc && (md5 === keptMd5 || !md5 || !keptMd5);
}

function contentOf({ crc32c = "", md5Hash = "" }: StoredObject): string {
  return `${crc32c},${md5Hash}`;
}
