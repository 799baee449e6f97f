import type { Preview } from "../../domain/preview.ts";
import { type ByteSource, readRange } from "../byte-source.ts";
import { sniffCompression, unpack } from "./compression.ts";
import { judgeImports } from "./imports.ts";
import { type PickleReading, readPickle } from "./reader.ts";
import { collectReferences, type PayloadMarkers } from "./references.ts";
import { describePickle } from "./structure.ts";

const maxBytes = 64 * 2 ** 20;
/** Read first: most pickles need no more, and a bomb of opcodes is known by then. */
const firstBytes = 4 * 2 ** 20;
const maxReferences = 1000;

/** What a pickle gave, read from the first bytes of its file. */
interface Opened {
  compression: string | null;
  /** Null when the compression is not read here. */
  reading: PickleReading | null;
  problem: string | undefined;
  /** True when more bytes would have given more. */
  isCut: boolean;
}

/**
 * What a pickle or joblib file holds and what loading it would import, without loading it. Only the first 64 MB, packed
 * and unpacked, are looked at; `problem` says where reading ended early.
 */
export async function previewPickle(source: ByteSource, mediaType: string, markers?: PayloadMarkers): Promise<Preview> {
  const first = await openPickle(source, firstBytes);
  const { compression, reading, problem } = first.isCut ? await openPickle(source, maxBytes) : first;
  if (reading) return draw(reading, compression, problem, markers);
  const reason = `It is compressed with ${compression}, which is not read.`;
  return { kind: "unsupported", truncated: true, reason, bytes: source.size, mediaType };
}

async function openPickle(source: ByteSource, window: number): Promise<Opened> {
  const packed = await readRange(source, 0, window);
  const compression = sniffCompression(packed);
  const unpacked =
    compression === null ? { bytes: packed, problem: null } : await unpack(packed, compression, maxBytes);
  if (!unpacked) return { compression, reading: null, problem: undefined, isCut: false };
  const reading = readPickle(unpacked.bytes);
  const isPart = packed.length === window && window < source.size;
  const isCut = isPart && reading.problem?.reason === "cut";
  const behind = (compression === null ? source.size : unpacked.bytes.length) - reading.end;
  let problem = reading.problem?.message;
  if (isCut) problem += `; the first ${window} of ${source.size} bytes were read`;
  if (unpacked.problem !== null && !isPart) problem ??= unpacked.problem;
  if (behind > 0) problem ??= `${behind} more bytes follow its end at byte ${reading.end}`;
  return { compression, reading, problem, isCut };
}

function draw(reading: PickleReading, compression: string | null, problem?: string, markers?: PayloadMarkers): Preview {
  const { references } = markers ? collectReferences(reading.root, markers) : { references: [] };
  return {
    kind: "pickle",
    truncated: reading.problem !== null,
    protocol: reading.protocol,
    compression,
    opcodes: reading.opcodes,
    imports: judgeImports(reading.imports),
    references: references.slice(0, maxReferences),
    root: describePickle(reading.root),
    ...(problem !== undefined && { problem }),
  };
}
