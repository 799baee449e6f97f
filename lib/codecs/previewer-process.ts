import { type ChildProcess, fork } from "node:child_process";
import { type BirpcReturn, createBirpc } from "birpc";
import type { Preview } from "../domain/preview.ts";
import type { ByteSource } from "./byte-source.ts";
import type { ArtifactHead } from "./preview.ts";
import type { PreviewOptions } from "./preview-options.ts";
import type { ChildCalls, ParentCalls } from "./previewer-calls.ts";

export type Read = ByteSource["read"];

/** How a child's work ended when it gave no preview. */
export type Ending = "deadline" | "died";

/** One child process, at work on one artifact at a time. Once it ended it is not used again. */
export class PreviewProcess {
  readonly #child: ChildProcess;
  readonly #calls: BirpcReturn<ChildCalls, ParentCalls>;
  readonly #gone: Promise<void>;
  #isGone = false;
  #read: Read | null = null;
  #onReading: (isReading: boolean) => void = () => {};
  #failure: { error: unknown } | null = null;

  constructor(memoryMb: number) {
    const child = fork(new URL("./previewer-child.ts", import.meta.url), {
      env: {} as NodeJS.ProcessEnv,
      execArgv: [
        `--max-old-space-size=${memoryMb}`,
        "--permission",
        "--allow-fs-read=*",
        "--disable-warning=ExperimentalWarning",
      ],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      const end = () => {
        this.#isGone = true;
        this.#calls.$close();
        resolve();
      };
      child.once("exit", end);
      child.once("error", end);
    });
    const answers: ParentCalls = { read: (offset, length) => this.#answerRead(offset, length) };
    this.#calls = createBirpc<ChildCalls, ParentCalls>(answers, {
      post: (message) => child.send(message, () => {}),
      on: (receive) => {
        child.on("message", receive);
      },
      timeout: -1,
    });
    // An idle child keeps nothing alive.
    child.unref();
    child.channel?.unref();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /**
   * The preview, or how the child ended. Its own time is bounded by `deadlineMs`; waiting for `read` does not count, that is
   * bounded where the bytes come from. Rejects with the error of `read`.
   */
  async run(
    artifact: ArtifactHead,
    options: PreviewOptions,
    read: Read,
    deadlineMs: number,
  ): Promise<Preview | Ending> {
    this.#read = read;
    this.#failure = null;
    const clock = startClock(deadlineMs, () => void this.end());
    this.#onReading = (isReading) => (isReading ? clock.pause() : clock.resume());
    this.#child.channel?.ref();
    try {
      const preview = await this.#calls.preview(artifact, options).catch((error: unknown) => {
        if (clock.isOver()) return "deadline" as const;
        if (this.#isGone) return "died" as const;
        return this.#failed(error);
      });
      return this.#failure ? this.#failed(null) : preview;
    } finally {
      clock.pause();
      this.#read = null;
      this.#child.channel?.unref();
    }
  }

  /** Ends the process whatever it does, and waits until it is gone. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
  }

  /** The error of `read` comes first: what the child made of it is a consequence. */
  #failed(error: unknown): never {
    throw this.#failure ? this.#failure.error : error;
  }

  async #answerRead(offset: number, length: number): Promise<Uint8Array> {
    const read = this.#read;
    if (!read || !isCount(offset) || !isCount(length)) throw new Error("nothing to read");
    this.#onReading(true);
    try {
      return await read(offset, length);
    } catch (error) {
      this.#failure = { error };
      throw new Error("the source failed");
    } finally {
      this.#onReading(false);
    }
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** A timer that can be held. It runs from the start. */
function startClock(milliseconds: number, onOver: () => void) {
  let left = milliseconds;
  let since = 0;
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const resume = () => {
    since = performance.now();
    timer = setTimeout(() => {
      over = true;
      onOver();
    }, left);
  };
  const pause = () => {
    clearTimeout(timer);
    left = Math.max(0, left - (performance.now() - since));
  };
  resume();
  return { pause, resume, isOver: () => over };
}
