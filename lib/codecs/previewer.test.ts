import { existsSync, readdirSync, readFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { AppError } from "../domain/errors.ts";
import { previewSchema } from "../domain/preview.ts";
import { createPreviewer, type Previewer, type PreviewerLimits } from "./previewer.ts";

const fixtures = "e2e/fixtures/codecs";
const page = { offset: 0, limit: 100 };
const open: Previewer[] = [];

function startPreviewer(limits: Partial<PreviewerLimits> = {}): Previewer {
  const previewer = createPreviewer(limits);
  open.push(previewer);
  return previewer;
}

function previewBytes(previewer: Previewer, name: string, bytes: Uint8Array) {
  return previewer.preview({ name, mediaType: "", size: bytes.length }, page, async (offset, length) =>
    bytes.subarray(offset, offset + length),
  );
}

const children = () =>
  readdirSync(`/proc/${process.pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${process.pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
const previewChildren = () =>
  children().filter(
    (pid) =>
      existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("previewer-child"),
  );

afterEach(async () => {
  await Promise.all(open.splice(0).map((previewer) => previewer.close()));
});

test("a child reads the artifact through its parent, in bounded pieces", async () => {
  const previewer = startPreviewer();
  const bytes = readFileSync(`${fixtures}/model-plain.joblib`);
  const asked: number[] = [];
  const preview = await previewer.preview(
    { name: "model.joblib", mediaType: "", size: bytes.length },
    page,
    async (offset, length) => {
      asked.push(length);
      return bytes.subarray(offset, offset + length);
    },
  );
  expect(preview).toMatchObject({ kind: "pickle", root: { type: "Pipeline" } });
  expect(previewSchema.parse(preview)).toEqual(preview);
  expect(Math.max(...asked)).toBeLessThanOrEqual(2 ** 20);
});

test("one child serves one preview after the other", async () => {
  const previewer = startPreviewer();
  const bytes = readFileSync(`${fixtures}/odd.npy`);
  await previewBytes(previewer, "a.npy", bytes);
  const [first] = previewChildren();
  await previewBytes(previewer, "b.npy", bytes);
  expect(previewChildren()).toEqual([first]);
});

test("previews at once are many, children are few", async () => {
  const previewer = startPreviewer({ processes: 2 });
  const bytes = readFileSync(`${fixtures}/odd.npy`);
  const previews = await Promise.all(
    Array.from({ length: 12 }, (_, at) => previewBytes(previewer, `${at}.npy`, bytes)),
  );
  expect(previews.map((each) => each.kind === "array" && each.arrays[0]?.name)).toEqual(
    previews.map((_, at) => `${at}.npy`),
  );
  expect(previewChildren().length).toBeLessThanOrEqual(2);
});

test("a child past its deadline is killed and answered, the next preview gets another", async () => {
  const previewer = startPreviewer({ deadlineMs: 1 });
  const slow = Buffer.alloc(20 * 2 ** 20, "]");
  expect(await previewBytes(previewer, "slow.pkl", slow)).toMatchObject({
    kind: "unsupported",
    reason: "It could not be read within 0.001 s.",
  });
  await vi.waitFor(() => expect(previewChildren()).toEqual([]));
  await previewer.close();
  const patient = startPreviewer();
  expect(await previewBytes(patient, "odd.npy", readFileSync(`${fixtures}/odd.npy`))).toMatchObject({ kind: "array" });
});

test("a child that outgrows its memory is answered, and the server does not grow with it", async () => {
  const previewer = startPreviewer({ memoryMb: 20, deadlineMs: 60_000 });
  const before = process.memoryUsage.rss();
  // A million tuples of a few bytes each are a million objects.
  const bomb = deflateSync(Buffer.alloc(16 * 2 ** 20, "(((((((]]]]]]]]"));
  expect(await previewBytes(previewer, "bomb.joblib", bomb)).toMatchObject({
    kind: "unsupported",
    reason: expect.stringMatching(/20 MB/),
  });
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 2 ** 20);
  expect(await previewBytes(previewer, "odd.npy", readFileSync(`${fixtures}/odd.npy`))).toMatchObject({
    kind: "array",
  });
});

test("a child that was left with much memory is not kept", async () => {
  const previewer = startPreviewer();
  await previewBytes(previewer, "big.pkl", Buffer.alloc(4 * 2 ** 20, "]"));
  await vi.waitFor(() => expect(previewChildren()).toEqual([]));
});

test("an error of the source reaches the caller as it is, also where a reader would have caught it", async () => {
  const previewer = startPreviewer();
  const failure = new AppError("gone", "The file of this artifact is gone.");
  for (const name of ["a.npy", "a.npz", "a.txt"]) {
    const head = name.endsWith("z") ? Buffer.from("PK\x03\x04") : Buffer.from("text");
    let reads = 0;
    const read = async () => {
      if (reads++ === 0 && name.endsWith("z")) return head;
      throw failure;
    };
    await expect(previewer.preview({ name, mediaType: "", size: 1000 }, page, read)).rejects.toBe(failure);
  }
});

test("waiting for a slow source does not count against the deadline", async () => {
  const previewer = startPreviewer({ deadlineMs: 2000 });
  const bytes = readFileSync(`${fixtures}/odd.npy`);
  await previewBytes(previewer, "warm.npy", bytes);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    const preview = previewer.preview(
      { name: "odd.npy", mediaType: "", size: bytes.length },
      page,
      async (offset, length) => {
        vi.advanceTimersByTime(10_000);
        return bytes.subarray(offset, offset + length);
      },
    );
    expect(await preview).toMatchObject({ kind: "array" });
  } finally {
    vi.useRealTimers();
  }
});

test("a child has no environment and may neither write nor start anything", async () => {
  const previewer = startPreviewer();
  await previewBytes(previewer, "odd.npy", readFileSync(`${fixtures}/odd.npy`));
  const [pid] = previewChildren();
  const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").filter(Boolean);
  expect(environment.map((each) => each.split("=")[0]).filter((name) => !name?.startsWith("NODE_CHANNEL"))).toEqual([]);
  expect(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")).toContain("--permission");
});

test("an idle child ends", async () => {
  const previewer = startPreviewer({ idleMs: 10 });
  await previewBytes(previewer, "odd.npy", readFileSync(`${fixtures}/odd.npy`));
  await vi.waitFor(() => expect(previewChildren()).toEqual([]));
});

test("too many that wait are refused, close refuses the rest and ends the children", async () => {
  const previewer = startPreviewer({ processes: 1, waiting: 1 });
  const never = () => new Promise<Uint8Array>(() => {});
  const running = previewer.preview({ name: "a", mediaType: "", size: 10 }, page, never);
  const waiting = previewer.preview({ name: "b", mediaType: "", size: 10 }, page, never);
  waiting.catch(() => {});
  await expect(previewer.preview({ name: "c", mediaType: "", size: 10 }, page, never)).rejects.toMatchObject({
    code: "too_many",
  });
  await previewer.close();
  await expect(waiting).rejects.toMatchObject({ code: "source_unavailable" });
  expect(await running).toMatchObject({ kind: "unsupported" });
  expect(previewChildren()).toEqual([]);
});
