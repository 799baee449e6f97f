import { type ChildProcess, fork } from "node:child_process";
import { type BirpcReturn, createBirpc } from "birpc";
import type { Preview } from "../domain/preview.ts";
import type { ByteSource } from "./byte-source.ts";
import { Deadline } from "./deadline.ts";
import type { ArtifactHead } from "./preview.ts";
import type { PreviewOptions } from "./preview-options.ts";
import type { ChildCalls, ParentCalls } from "./previewer-calls.ts";

export type Read = ByteSource["read"];

/** How a child's work ended when it gave no preview. */
export type Ending = "deadline" | "died";

/** What the child is at work on. A read that outlives its work touches nothing of the next. */
interface Work {
  read: Read;
  deadline: Deadline;
  failure: { error: unknown } | null;
}

const swollenBytes = 200 * 2 ** 20;

/** One child process, at work on one artifact at a time. Once it ended it is not used again. */
export class PreviewProcess {
  readonly #child: ChildProcess;
  readonly #calls: BirpcReturn<ChildCalls, ParentCalls>;
  readonly #gone: Promise<void>;
  #isGone = false;
  #residentBytes = 0;
  #work: Work | null = null;

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

  /** True when its last work left it holding more memory than is worth keeping for the next. */
  get isSwollen(): boolean {
    return this.#residentBytes > swollenBytes;
  }

  /**
   * The preview, or how the child ended. Its own time is bounded by `deadlineMs`; waiting for `read` does not count, that is
   * bounded where the bytes come from. Rejects with the error of `read`, whatever the child made of it.
   */
  async run(
    artifact: ArtifactHead,
    options: PreviewOptions,
    read: Read,
    deadlineMs: number,
  ): Promise<Preview | Ending> {
    const work: Work = { read, deadline: new Deadline(deadlineMs, () => void this.end()), failure: null };
    this.#work = work;
    this.#child.channel?.ref();
    try {
      const answer = await this.#calls.preview(artifact, options).catch((error: unknown) => ({ error }));
      if (work.failure) throw work.failure.error;
      if ("preview" in answer) {
        this.#residentBytes = answer.residentBytes;
        return answer.preview;
      }
      if (work.deadline.isOver) return "deadline";
      if (this.#isGone) return "died";
      throw answer.error;
    } finally {
      work.deadline.stop();
      this.#work = null;
      this.#child.channel?.unref();
    }
  }

  /** Ends the process whatever it does, and waits until it is gone. */
  async end(): Promise<void> {
    this.#child.ref();
    this.#child.kill("SIGKILL");
    await this.#gone;
  }

  async #answerRead(offset: number, length: number): Promise<Uint8Array> {
    const work = this.#work;
    if (!work || !isCount(offset) || !isCount(length)) throw new Error("nothing to read");
    try {
      return await work.deadline.during(() => work.read(offset, length));
    } catch (error) {
      work.failure = { error };
      throw new Error("the source failed");
    }
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
