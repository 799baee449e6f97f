import { Download } from "lucide-react";
import type { Artifact } from "../../lib/domain/entry.ts";

/** What a person calls it: a payload of the cache by what it is of (`fit ▸ train ▸ result`), any other by its file's name. */
export function titleOfArtifact({ name, role, process, step }: Pick<Artifact, "name" | "role" | "process" | "step">) {
  if (role === "chart" || role === "file" || process === null) return lastPart(name);
  return [process, step, role].filter(Boolean).join(" ▸ ");
}

/** The last part of a stored name: what a person calls the file. */
export function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1) || name;
}

/** Where it is kept: the stored name without its last part; empty where there is no more. */
export function folderOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

/** Gives the reader the bytes as they are stored. */
export function DownloadLink({ contentUrl, name }: { contentUrl: string; name: string }) {
  return (
    <a
      href={contentUrl}
      download={name}
      className="control inline-flex items-center gap-1.5 rounded-md border border-line font-medium no-underline hover:bg-hover"
    >
      <Download aria-hidden className="size-4" /> Download
    </a>
  );
}
