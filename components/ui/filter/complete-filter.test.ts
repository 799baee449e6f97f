import { expect, test } from "vitest";
import { completeFilter, type FilterWords } from "./complete-filter.ts";

const words: FilterWords = {
  fields: ["name", "status", "started", "params.", "metrics."],
  names: { params: ["train_sgd.alpha", "random seed"], metrics: ["val_loss", "loss.min"] },
  values: { status: ["completed", "failed"] },
};
const labels = (text: string) => completeFilter(text, text.length, words).options.map(({ label }) => label);
const choose = (text: string, at = 0) => {
  const { from, to, options } = completeFilter(text, text.length, words);
  return text.slice(0, from) + (options[at]?.insert ?? "") + text.slice(to);
};

test("an empty filter offers the fields", () => {
  expect(labels("")).toEqual(words.fields);
});

test("a word being written is completed, best first", () => {
  expect(labels("sta")).toEqual(["status", "started"]);
  expect(choose("sta")).toBe("status ");
  expect(choose("not me")).toBe("not metrics.");
});

test("after a dot the names follow, quoted where they must be", () => {
  expect(choose("params.alp")).toBe("params.train_sgd.alpha ");
  expect(choose("params.ran")).toBe('params."random seed" ');
  expect(choose("metrics.loss")).toBe('metrics."loss.min" ');
  expect(choose('params."random')).toBe('params."random seed" ');
});

test("after a field the operators follow, after an operator its values", () => {
  expect(labels("status ")).toContain("!=");
  expect(choose("status = fa")).toBe("status = failed ");
  expect(labels("status =")).toEqual(["completed", "failed"]);
  expect(labels('params."random seed" ')).toContain("<");
});

test("after a finished condition nothing is pushed on the reader", () => {
  expect(labels("status = failed ")).toEqual([]);
  expect(labels('name = "a b" me')).toEqual(["metrics.", "name"]);
});
