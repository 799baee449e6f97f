import { sniffCompression, unpack } from "../../codecs/pickle/compression.ts";
import { type PayloadMarkers, payloadReferences } from "../../codecs/pickle/references.ts";
import type { BlobDriver, BlobStat } from "../../contracts/driver.ts";
import type { LayoutContext } from "../../contracts/layout.ts";
import { artifactIdOf, placeFile } from "./paths.ts";
import type { PayloadReference, PayloadScan, PlacedFile, ProjectPlace, ProjectPlaces } from "./seams.ts";

/** Larger results are not looked into. Values large enough to matter are moved out of a result, so those that are left are small. */
const largestResult = 64 * 1024 * 1024;
const readAtOnce = 16;
const askedAtOnce = 200;

/** Source: docs/layouts/expops.md, "The runtime folder". */
const markers: PayloadMarkers = {
  array: "__mlops_payload_ref__",
  model: "__mlops_model_ref__",
  uri: "uri",
  keyPath: "key_path",
  about: "meta",
  bytes: "bytes",
};

/** What is remembered of one result, by the token of its file. */
interface Remembered {
  complete: boolean;
  /** Addresses as recorded. */
  references: { role: "array" | "model"; uri: string; bytes: number | null }[];
}

/** Reads what results refer to; never runs a pickle. What was read is remembered over restarts until the file changes. */
export function openReferenceReader(
  places: ProjectPlaces,
  context: LayoutContext,
): Pick<PayloadScan, "referencesOf" | "filesReferredBy"> {
  const referencesOf: PayloadScan["referencesOf"] = async (project, results, { remembered = false } = {}) => {
    const place = await places.of(project);
    const answers: (PayloadReference[] | null)[] = [];
    for (let at = 0; at < results.length; at += askedAtOnce) {
      const some = results.slice(at, at + askedAtOnce);
      const found = await readSome(some, remembered);
      for (const reading of found) answers.push(reading?.complete ? resolve(reading, place) : null);
    }
    return answers;
  };
  const filesReferredBy: PayloadScan["filesReferredBy"] = async (project, result) => {
    const place = await places.of(project);
    const [reading] = await readSome([result], false);
    if (!reading?.complete) return null;
    return reading.references.map(({ role, uri }) => ({ role, file: placeFile(uri, place) }));
  };
  return { referencesOf, filesReferredBy };

  async function readSome(files: readonly PlacedFile[], remembered: boolean): Promise<(Remembered | null)[]> {
    const keyOf = ({ runtime, path }: PlacedFile) => `references:2:${runtime.driver.location}:${path}`;
    const memo = await context.memo.get(files.map(keyOf));
    const fresh: {
      key: string;
      token: string;
      value: { complete: boolean; references: Remembered["references"][number][] };
    }[] = [];
    const answers = await mapSome(files, async (file) => {
      const { path } = file;
      const { driver } = file.runtime;
      const kept = memo.get(keyOf(file));
      if (remembered && !kept) return null;
      const stat = await driver.stat(path);
      if (!stat) return null;
      if (kept?.token === stat.token) return kept.value as unknown as Remembered;
      if (remembered) return null;
      const reading = await readReferences(driver, stat);
      if (reading) fresh.push({ key: keyOf(file), token: stat.token, value: { ...reading } });
      return reading;
    });
    await context.memo.set(fresh);
    return answers;
  }

  function resolve({ references }: Remembered, place: ProjectPlace): PayloadReference[] {
    const byId = new Map<string, PayloadReference>();
    for (const { role, uri, bytes } of references) {
      const artifactId = artifactIdOf(context.sourceId, uri, place);
      // Two models of one name in a result are one file, which holds the later: the size of the first tells.
      if (!byId.has(artifactId)) byId.set(artifactId, { artifactId, role, bytesRecorded: bytes ?? undefined });
    }
    return [...byId.values()];
  }
}

async function readReferences(driver: BlobDriver, { path, bytes: size }: BlobStat): Promise<Remembered | null> {
  if (size > largestResult) return { complete: false, references: [] };
  const packed = await driver.read(path, { offset: 0, length: size });
  if (!packed) return null;
  const compression = sniffCompression(packed);
  const unpacked =
    compression === null ? { bytes: packed, problem: null } : await unpack(packed, compression, largestResult);
  if (!unpacked || unpacked.problem !== null) return { complete: false, references: [] };
  const { references, complete } = payloadReferences(unpacked.bytes, markers, { bytes: largestResult });
  return { complete, references: references.map(({ kind, uri, bytes }) => ({ role: kind, uri, bytes })) };
}

async function mapSome<Item, Answer>(items: readonly Item[], ask: (item: Item) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < items.length; at += readAtOnce)
    answers.push(...(await Promise.all(items.slice(at, at + readAtOnce).map(ask))));
  return answers;
}
