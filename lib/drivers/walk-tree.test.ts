import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TreeEntry, walkTree } from "./walk-tree.ts";

/** Reads folders of a set of paths, as a store would. */
function readEntriesOf(paths: readonly string[]) {
  return async (folder: readonly string[]): Promise<TreeEntry[]> => {
    const entries = new Map<string, TreeEntry>();
    for (const segments of paths.map((path) => path.split("/"))) {
      if (segments.length <= folder.length || !folder.every((name, index) => name === segments[index])) continue;
      const name = segments[folder.length] ?? "";
      entries.set(name, { name, isFolder: segments.length > folder.length + 1 });
    }
    return [...entries.values()];
  };
}

const name = fc.string({
  unit: fc.constantFrom("a", "b", "-", ".", "/", "0", "é", "\u{1F9EA}"),
  minLength: 1,
  maxLength: 3,
});
const segment = name.filter((text) => !text.includes("/"));
const paths = fc
  .uniqueArray(
    fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/")),
    { maxLength: 30 },
  )
  // A path is a file or a folder, not both.
  .map((all) => all.filter((path) => !all.some((other) => other.startsWith(`${path}/`))));

describe("walkTree", () => {
  it("gives every path once, in path order, from any cursor on", async () => {
    await fc.assert(
      fc.asyncProperty(
        paths,
        fc.option(
          fc.oneof(
            paths.map((all) => all[0] ?? "a"),
            name,
          ),
        ),
        async (all, after) => {
          const walked: string[] = [];
          for await (const path of walkTree(readEntriesOf(all), [], after)) walked.push(path);
          expect(walked).toEqual(all.filter((path) => after === null || path > after).sort());
        },
      ),
    );
  });

  it("reads a folder only when it comes near it", async () => {
    const asked: string[] = [];
    const readEntries = readEntriesOf(["a/1", "b/2", "c/3"]);
    const walk = walkTree(
      (folder) => {
        asked.push(folder.join("/"));
        return readEntries(folder);
      },
      [],
      "a/1",
    );
    expect((await walk.next()).value).toBe("b/2");
    expect(asked).not.toContain("c");
  });
});
