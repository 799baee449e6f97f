import { stat } from "node:fs/promises";

const lookMillis = 2_000;

/**
 * Calls back when a file was written, replaced, removed or came back, and once at first, for what changed before. It is looked at every two seconds: what
 * tells of changes at once loses a file that an editor replaces, and does not work everywhere. Answers the end.
 */
export function watchSettingsFile(path: string, onChange: () => void): () => void {
  let known: string | null = null;
  let isEnded = false;
  const look = async () => {
    const found = await stat(path).catch(() => null);
    const now = found ? `${found.mtimeMs} ${found.size} ${found.ino}` : "gone";
    if (isEnded || now === known) return;
    known = now;
    onChange();
  };
  const timer = setInterval(look, lookMillis).unref();
  return () => {
    isEnded = true;
    clearInterval(timer);
  };
}
