import { unwatchFile, watchFile } from "node:fs";

const lookMillis = 2_000;

/**
 * Calls back when a file was written, replaced, removed or came back. It is looked at every two seconds: what tells of changes at once loses a file that
 * an editor replaces, and does not work everywhere. Answers the end.
 */
export function watchSettingsFile(path: string, onChange: () => void): () => void {
  const look = (now: { mtimeMs: number; size: number; ino: number }, before: typeof now) => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size || now.ino !== before.ino) onChange();
  };
  watchFile(path, { interval: lookMillis, persistent: false }, look);
  return () => unwatchFile(path, look);
}
