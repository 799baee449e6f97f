/** `cut`: the bytes end too early; `limit`: a bound of ours; `bad`: no pickle writes this. */
export type StopReason = "cut" | "limit" | "bad";

/** Why reading stopped. Internal to this folder: callers get it as `problem`. */
export class PickleStop extends Error {
  readonly position: number;
  readonly reason: StopReason;

  constructor(message: string, position: number, reason: StopReason = "bad") {
    super(message);
    this.position = position;
    this.reason = reason;
  }
}

/** Bounded reads over the bytes; every read past the end stops with its position. */
export class PickleCursor {
  readonly bytes: Buffer;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  /** Steps over `count` bytes and answers where they began. */
  skip(count: number): number {
    const start = this.position;
    if (count > this.bytes.length - start) {
      throw new PickleStop(`ends at byte ${this.length}, but byte ${start} announces ${count} more`, start, "cut");
    }
    this.position = start + count;
    return start;
  }

  take(count: number): Buffer {
    const start = this.skip(count);
    return this.bytes.subarray(start, start + count);
  }

  byte(): number {
    return this.bytes.readUInt8(this.skip(1));
  }

  uint16(): number {
    return this.bytes.readUInt16LE(this.skip(2));
  }

  uint32(): number {
    return this.bytes.readUInt32LE(this.skip(4));
  }

  int32(): number {
    return this.bytes.readInt32LE(this.skip(4));
  }

  double(): number {
    return this.bytes.readDoubleBE(this.skip(8));
  }

  /** A 64-bit length. One that no file can have is kept as a number too large for the rest of the bytes. */
  length64(): number {
    return Number(this.bytes.readBigUInt64LE(this.skip(8)));
  }

  /** A line of the text opcodes, without its line feed. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.position);
    if (end < 0) throw new PickleStop(`ends at byte ${this.length} inside a line`, this.position, "cut");
    const line = this.bytes.toString("latin1", this.position, end);
    this.position = end + 1;
    return line;
  }
}
