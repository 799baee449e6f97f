import { setTimeout as sleep } from "node:timers/promises";
import { passesByItself } from "./gcs-failure.ts";

const pauseMs = 200;

/** The error of a question that nothing came to for too long. */
export function lateError(): Error {
  return Object.assign(new Error("no answer in time"), { code: "LATE" });
}

/** What `ask` answers within `ms`. The client cannot be interrupted: an answer that comes later is dropped. */
export async function askWithin<Answer>(ms: number, ask: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(lateError()), ms);
  });
  try {
    return await Promise.race([ask(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks once more, after a moment, when the first failure is one that mostly passes. */
export async function askTwice<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (!passesByItself(error)) throw error;
    await sleep(pauseMs + Math.random() * pauseMs);
    return ask();
  }
}
