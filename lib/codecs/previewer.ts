import { AppError } from "../domain/errors.ts";
import type { Preview } from "../domain/preview.ts";
import type { ArtifactHead } from "./preview.ts";
import type { PreviewOptions } from "./preview-options.ts";
import { PreviewProcess, type Read } from "./previewer-process.ts";

export interface PreviewerLimits {
  /** Computing time of one preview; waiting for the artifact's bytes does not count. */
  deadlineMs: number;
  /** Heap of one child. */
  memoryMb: number;
  /** How long a child without work is kept. */
  idleMs: number;
  /** Most previews made at once, each in a child of its own. */
  processes: number;
  /** Most previews that may wait. */
  waiting: number;
}

export interface Previewer {
  /**
   * A preview made in a child process. What is wrong with the bytes is answered (`unsupported`, or a `problem`), also when
   * they kill the child. Rejects with the error of `read`, with `too_many` when too many wait, and after `close`.
   */
  preview(artifact: ArtifactHead, options: PreviewOptions, read: Read): Promise<Preview>;
  /** Ends every child. */
  close(): Promise<void>;
}

interface Job {
  /** Does the work and gives what tells its caller, to be done once the child is free again. */
  run(child: PreviewProcess): Promise<() => void>;
  refuse(error: AppError): void;
}

const defaultLimits: PreviewerLimits = { deadlineMs: 5000, memoryMb: 256, idleMs: 60_000, processes: 2, waiting: 64 };

/** Children are started when first needed, kept while there is work, and replaced when an artifact killed them. */
export function createPreviewer(limits: Partial<PreviewerLimits> = {}): Previewer {
  const { deadlineMs, memoryMb, idleMs, processes, waiting } = { ...defaultLimits, ...limits };
  const jobs: Job[] = [];
  const busy = new Set<PreviewProcess>();
  const idle = new Map<PreviewProcess, NodeJS.Timeout>();
  let closed = false;

  const takeChild = (): PreviewProcess => {
    for (const [child, timer] of idle) {
      clearTimeout(timer);
      idle.delete(child);
      if (!child.isGone) return child;
    }
    return new PreviewProcess(memoryMb);
  };
  const release = (child: PreviewProcess) => {
    busy.delete(child);
    if (child.isGone || closed) return;
    const retire = () => {
      idle.delete(child);
      void child.end();
    };
    if (child.isSwollen) retire();
    else idle.set(child, setTimeout(retire, idleMs).unref());
  };
  const work = async () => {
    if (busy.size >= processes) return;
    const job = jobs.shift();
    if (!job) return;
    const child = takeChild();
    busy.add(child);
    const tell = await job.run(child);
    release(child);
    tell();
    await work();
  };

  return {
    preview(artifact, options, read) {
      if (closed) return Promise.reject(new AppError("source_unavailable", "Previews have ended with the server."));
      if (jobs.length >= waiting) {
        return Promise.reject(
          new AppError("too_many", "Too many previews are waiting.", { remedy: "Try again in a moment." }),
        );
      }
      return new Promise((resolve, reject) => {
        const run = async (child: PreviewProcess) => {
          try {
            const result = await child.run(artifact, options, read, deadlineMs);
            const preview =
              typeof result === "string" ? unreadable(artifact, endings(deadlineMs, memoryMb)[result]) : result;
            return () => resolve(preview);
          } catch (error) {
            return () => reject(error);
          }
        };
        jobs.push({ run, refuse: reject });
        void work();
      });
    },
    async close() {
      closed = true;
      for (const job of jobs.splice(0))
        job.refuse(new AppError("source_unavailable", "Previews have ended with the server."));
      for (const timer of idle.values()) clearTimeout(timer);
      await Promise.all([...busy, ...idle.keys()].map((child) => child.end()));
      idle.clear();
    },
  };
}

const endings = (deadlineMs: number, memoryMb: number) => ({
  deadline: `It could not be read within ${deadlineMs / 1000} s.`,
  died: `Reading it took more than the ${memoryMb} MB it is given, or broke the reader.`,
});

function unreadable(artifact: ArtifactHead, reason: string): Preview {
  return { kind: "unsupported", truncated: true, reason, bytes: artifact.size, mediaType: artifact.mediaType };
}
