import type { Preview } from "../domain/preview.ts";

export interface ImageHead {
  mediaType: string;
  /** Pixels; null where the head does not say. */
  width: number | null;
  height: number | null;
}

/** More would cost a browser more than 160 MB to draw. */
const maxPixels = 40_000_000;
const maxBytes = 50 * 2 ** 20;

/** What picture begins with these bytes, by its signature alone; null when it is none. */
export function readImageHead(head: Buffer): ImageHead | null {
  const text = head.toString("latin1", 0, 16);
  if (text.startsWith("\x89PNG\r\n\x1a\n"))
    return sized("image/png", head, 24, () => [head.readUInt32BE(16), head.readUInt32BE(20)]);
  if (text.startsWith("\xff\xd8\xff")) return { mediaType: "image/jpeg", ...readJpegSize(head) };
  if (/^GIF8[79]a/.test(text)) return sized("image/gif", head, 10, () => [head.readUInt16LE(6), head.readUInt16LE(8)]);
  if (/^RIFF....WEBP/s.test(text)) return readWebp(head);
  if (text.startsWith("BM") && head.length > 26 && head.readUInt32LE(14) >= 12 && head.readUInt32LE(14) <= 124)
    return readBmp(head);
  if (/^....ftypavi[fs]/s.test(text)) return readAvif(head);
  return readSvg(head);
}

/** The picture as an artifact to be drawn by the browser, or why it should not be. */
export function previewImage(image: ImageHead, bytes: number): Preview {
  const { mediaType, width, height } = image;
  const refuse = (reason: string): Preview => ({ kind: "unsupported", truncated: true, reason, bytes, mediaType });
  if (bytes > maxBytes) return refuse(`The picture has ${bytes} bytes; up to ${maxBytes} are drawn.`);
  if (width !== null && height !== null && width * height > maxPixels) {
    return refuse(`The picture is ${width} × ${height} pixels; up to ${maxPixels / 1e6} million are drawn.`);
  }
  if (mediaType !== "image/svg+xml" && !(width && height))
    return refuse(`The picture's size cannot be read (${bytes} bytes are there).`);
  return { kind: "image", truncated: false, mediaType, width, height, bytes };
}

function sized(mediaType: string, head: Buffer, needed: number, read: () => readonly [number, number]): ImageHead {
  const [width, height] = head.length >= needed ? read() : [null, null];
  return { mediaType, width, height };
}

/** Walks the segments to the frame header (ITU T.81, SOF0–SOF15 without DHT, JPG and DAC). */
function readJpegSize(head: Buffer): { width: number | null; height: number | null } {
  for (let at = 2; at + 9 <= head.length; ) {
    if (head[at] !== 0xff) break;
    const marker = head[at + 1] ?? 0;
    if (marker === 0xff) at++;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) };
    } else at += 2 + Math.max(2, head.readUInt16BE(at + 2));
  }
  return { width: null, height: null };
}

function readWebp(head: Buffer): ImageHead {
  switch (head.toString("latin1", 12, 16)) {
    case "VP8X":
      return sized("image/webp", head, 30, () => [head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1]);
    case "VP8L":
      return sized("image/webp", head, 25, () => {
        const bits = head.readUInt32LE(21);
        return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
      });
    default:
      return sized("image/webp", head, 30, () => [head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff]);
  }
}

function readBmp(head: Buffer): ImageHead {
  const old = head.readUInt32LE(14) === 12;
  return sized("image/bmp", head, 26, () =>
    old
      ? [head.readUInt16LE(18), head.readUInt16LE(20)]
      : [Math.abs(head.readInt32LE(18)), Math.abs(head.readInt32LE(22))],
  );
}

/** The largest of the item sizes (`ispe`), since a grid lists those of its tiles too. */
function readAvif(head: Buffer): ImageHead {
  let [width, height]: [number | null, number | null] = [null, null];
  for (let at = head.indexOf("ispe"); at >= 0 && at + 16 <= head.length; at = head.indexOf("ispe", at + 4)) {
    width = Math.max(width ?? 0, head.readUInt32BE(at + 8));
    height = Math.max(height ?? 0, head.readUInt32BE(at + 12));
  }
  return { mediaType: "image/avif", width, height };
}

/** An SVG's root element after an optional prolog. It is foreign markup: only ever drawn as a picture. */
function readSvg(head: Buffer): ImageHead | null {
  const text = head
    .toString("utf8", 0, 8192)
    .replace(/^\ufeff/, "")
    .trimStart();
  if (!/^<(\?xml|!DOCTYPE svg|!--|svg[\s>])/i.test(text)) return null;
  const root = /<svg(?=[\s>])[^>]*/i.exec(text)?.[0];
  if (root === undefined || /<(html|body)[\s>]/i.test(text.slice(0, text.indexOf(root)))) return null;
  const box = /\sviewBox\s*=\s*["'][\s,]*[-\d.e]+[\s,]+[-\d.e]+[\s,]+([\d.e]+)[\s,]+([\d.e]+)/i.exec(root);
  const side = (name: string, at: number) => {
    const value = Number(
      new RegExp(`\\s${name}\\s*=\\s*["']\\s*([\\d.]+)\\s*(?:px)?["']`, "i").exec(root)?.[1] ?? box?.[at],
    );
    return Number.isFinite(value) ? value : null;
  };
  return { mediaType: "image/svg+xml", width: side("width", 1), height: side("height", 2) };
}
