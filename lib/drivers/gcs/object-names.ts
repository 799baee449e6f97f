import { AppError } from "../../domain/errors.ts";
import { splitBlobPath, splitBlobPrefix } from "../blob-path.ts";
import { outsideTrash, trashFolder } from "../trash.ts";

/** The part of a bucket that a source shows, and how its paths and the bucket's object names turn into each other. */
export interface GcsPlace {
  bucket: string;
  /** `gs://<bucket>/<prefix>`, for people. */
  location: string;
  /** What the names of all its objects begin with: "" or a folder with its `/`. */
  root: string;
  /** Name of the object at a path; `null` when no object can be there. Throws `forbidden` for a path that leaves the prefix. */
  nameAt(path: string): string | null;
  /** What the names of all objects in a folder begin with; `null` when no object can be there. */
  beginningOf(folder: string): string | null;
  /** Path of an object; `null` for one that no path leads to: a folder marker, an empty, `.` or `..` segment, what was set aside. */
  pathOf(name: string): string | null;
}

/** https://cloud.google.com/storage/docs/objects#naming */
const longestNameBytes = 1_024;

/** Checks bucket and prefix, which are taken as they stand in the settings. */
export function parseGcsPlace(options: { bucket: string; prefix?: string }): GcsPlace {
  const { bucket } = options;
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(bucket)) {
    throw new AppError("bad_request", "gcs: this is not the name of a bucket", {
      remedy: "Write the bucket's name alone, without gs:// and without a folder.",
    });
  }
  const prefix = (options.prefix ?? "").replace(/^\/+|\/+$/g, "");
  const segments = splitBlobPrefix("gcs", prefix);
  if (segments === null) {
    throw new AppError("bad_request", "gcs: the prefix holds an empty segment or a dot alone", {
      remedy: "Write the prefix as a folder in the bucket, such as team/runs.",
    });
  }
  const root = prefix === "" ? "" : `${prefix}/`;
  const nameOf = (segments: string[] | null) => {
    if (segments === null) return null;
    const name = `${root}${segments.join("/")}`;
    return name.isWellFormed() && Buffer.byteLength(name) <= longestNameBytes ? name : null;
  };
  return {
    bucket,
    location: `gs://${bucket}${prefix && `/${prefix}`}`,
    root,
    nameAt: (path) => nameOf(outsideTrash(splitBlobPath("gcs", path))),
    beginningOf(folder) {
      const segments = outsideTrash(splitBlobPrefix("gcs", folder));
      const name = nameOf(segments);
      return name === null || segments?.length === 0 ? name : `${name}/`;
    },
    pathOf(name) {
      const path = name.slice(root.length);
      const isReachable = path.split("/").every((segment) => !["", ".", "..", trashFolder].includes(segment));
      return isReachable && !path.includes("\0") ? path : null;
    },
  };
}
