import type { Preview } from "../../domain/preview.ts";
import { type ByteSource, readRange } from "../byte-source.ts";
import { sniffCompression, unpack } from "./compression.ts";
import { judgeImports } from "./imports.ts";
import { readPickle } from "./reader.ts";
import { collectReferences, type PayloadMarkers } from "./references.ts";
import { describePickle } from "./structure.ts";

const maxBytes = 64 * 2 ** 20;
const maxReferences = 1000;

/**
 * What a pickle or joblib file holds and what loading it would import, without loading it. Only the first 64 MB, packed
 * and unpacked, are looked at; `problem` says where reading ended early.
 */
export async function previewPickle(source: ByteSource, mediaType: string, markers?: PayloadMarkers): Promise<Preview> {
  const packed = await readRange(source, 0, maxBytes);
  const compression = sniffCompression(packed);
  const unpacked =
    compression === null ? { bytes: packed, problem: null } : await unpack(packed, compression, maxBytes);
  if (!unpacked) {
    return {
      kind: "unsupported",
      truncated: true,
      reason: `It is compressed with ${compression}, which is not read.`,
      bytes: source.size,
      mediaType,
    };
  }
  const reading = readPickle(unpacked.bytes);
  const cut = packed.length < source.size;
  const rest = unpacked.bytes.length - reading.end;
  const problem =
    (reading.problem && cut
      ? `${reading.problem.message}; the first ${packed.length} of ${source.size} bytes were read`
      : reading.problem?.message) ??
    unpacked.problem ??
    (rest > 0 ? `${rest} more bytes follow its end at byte ${reading.end}` : undefined);
  const { references } = markers ? collectReferences(reading.root, markers) : { references: [] };
  return {
    kind: "pickle",
    truncated: reading.problem !== null || cut,
    protocol: reading.protocol,
    compression,
    opcodes: reading.opcodes,
    imports: judgeImports(reading.imports),
    references: references.slice(0, maxReferences),
    root: describePickle(reading.root),
    ...(problem !== undefined && { problem }),
  };
}
