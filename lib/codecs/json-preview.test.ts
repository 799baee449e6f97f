import { expect, test } from "vitest";
import { sourceOf } from "./byte-source.ts";
import { describeValue, previewJson } from "./json-preview.ts";

const preview = (text: string) => previewJson(sourceOf(Buffer.from(text)), "utf-8");

test("text and structure", async () => {
  expect(await preview('{"a": [1, 2.5, NaN], "b": null}')).toEqual({
    kind: "json",
    truncated: false,
    text: '{"a": [1, 2.5, NaN], "b": null}',
    root: {
      type: "dict",
      size: 2,
      children: [
        {
          name: "a",
          type: "list",
          size: 3,
          children: [
            { name: "0", type: "int", text: "1" },
            { name: "1", type: "float", text: "2.5" },
            { name: "2", type: "float", text: "NaN" },
          ],
        },
        { name: "b", type: "null", text: "null" },
      ],
    },
  });
});

test("a cut text shows what came before and where it ends", async () => {
  expect(await preview('{"a": 1, "b": [')).toMatchObject({
    problem: expect.stringMatching(/ends where .* \(character 15\)/),
    root: { size: 2, children: [{ name: "a" }, { name: "b" }] },
  });
});

test("wide and deep values are counted, not listed", () => {
  const wide = describeValue(Array.from({ length: 10_000 }, () => Array.from({ length: 10_000 }, () => 1)));
  expect(wide.size).toBe(10_000);
  expect(JSON.stringify(wide).length).toBeLessThan(200_000);
  const deep = describeValue(JSON.parse(`${"[".repeat(150)}${"]".repeat(150)}`));
  expect(JSON.stringify(deep).match(/children/g)?.length).toBeLessThan(15);
});

test("a file larger than is read says so", async () => {
  const big = await preview(`[${"1,".repeat(5 * 2 ** 20)}1]`);
  expect(big).toMatchObject({ truncated: true, problem: expect.stringMatching(/The first 8388608 of/) });
  expect(big.text.length).toBe(262_144);
});
