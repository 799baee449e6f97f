import { describe, expect, it } from "vitest";
import { isCollectionPath, isDocumentPath, isFieldName } from "./document-path.ts";

describe("paths of documents", () => {
  it("tells documents from collections by the number of segments", () => {
    expect([isDocumentPath("a/b"), isDocumentPath("a"), isDocumentPath("a/b/c/d")]).toEqual([true, false, true]);
    expect([isCollectionPath("a/b"), isCollectionPath("a"), isCollectionPath("a/b/c")]).toEqual([false, true, true]);
  });

  it.each([
    "",
    "a/",
    "/a",
    "a//b/c",
    "a/.",
    "a/..",
    "a/__proto__",
    "a/\ud800",
    `a/${"é".repeat(751)}`,
    "a/".repeat(4_000),
  ])("knows that nothing stored has the path %j", (path) => {
    expect(isDocumentPath(path) || isCollectionPath(path)).toBe(false);
  });

  it.each(["a/...", "a/__id7__", "a/__half", "a/ ", "a/\u{1F9EA}", "a/%2F", "a/`.`", `a/${"é".repeat(750)}`])(
    "knows that a document may have the path %j",
    (path) => {
      expect(isDocumentPath(path)).toBe(true);
    },
  );

  it("knows which names fields can have", () => {
    expect(["a.b/c`", " ", "__x"].every(isFieldName)).toBe(true);
    expect(["", "__name__", "\ud800"].some(isFieldName)).toBe(false);
  });
});
