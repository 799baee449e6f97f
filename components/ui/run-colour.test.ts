import { expect, test } from "vitest";
import { runColour } from "./run-colour.ts";

test("a run keeps its colour", () => {
  expect(runColour("q4f-1Zk0aB3xYw9C")).toEqual(runColour("q4f-1Zk0aB3xYw9C"));
});

test("runs spread over ten colours and four marks", () => {
  const slots = new Set(
    Array.from({ length: 400 }, (_, at) => runColour(`run-${at}`)).map(({ index, mark }) => `${index} ${mark}`),
  );
  expect(slots.size).toBe(40);
});
