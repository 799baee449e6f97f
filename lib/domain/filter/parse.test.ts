import { describe, expect, test } from "vitest";
import { entryStates } from "../entry.ts";
import { runStatuses } from "../run.ts";
import type { Filter } from "./ast.ts";
import { type FilterList, stateWords, statusWords } from "./fields.ts";
import { longestFilter, parseFilter } from "./parse.ts";

function read(text: string, list: FilterList = "runs"): Filter | null {
  const { filter, problem } = parseFilter(text, list);
  if (problem) throw new Error(`${problem.position}: ${problem.message}`);
  return filter;
}

/** The tree as a line of text, positions left out. */
function told(filter: Filter | null): string {
  if (!filter) return "all";
  switch (filter.kind) {
    case "and":
    case "or":
      return `(${filter.items.map(told).join(` ${filter.kind} `)})`;
    case "not":
      return `not ${told(filter.item)}`;
    case "word":
      return `"${filter.text}"`;
    case "tagged":
      return `tag ${filter.tag}`;
    case "exists":
      return `${fieldOf(filter.field)} exists`;
    case "in":
      return `${fieldOf(filter.field)} in ${filter.values.map(literalOf).join("|")}`;
    case "compare":
      return `${fieldOf(filter.field)} ${filter.operator} ${literalOf(filter.value)}`;
  }
}
const fieldOf = (field: Extract<Filter, { kind: "exists" }>["field"]) =>
  "key" in field ? `${field.name}[${field.key}]${field.stat === "last" ? "" : `.${field.stat}`}` : field.name;
const literalOf = (value: Extract<Filter, { kind: "compare" }>["value"]) => {
  if (value.type === "number") return value.value;
  if (value.type === "moment") return `${new Date(value.from).toISOString()}..${new Date(value.to).toISOString()}`;
  return value.type === "text" ? JSON.stringify(value.text) : "NaN";
};

function problemOf(text: string, list: FilterList = "runs") {
  return parseFilter(text, list).problem;
}

describe("conditions", () => {
  test.each([
    ["metrics.loss < 0.2", "metrics[loss] < 0.2"],
    ["metrics.loss.min>=.5", "metrics[loss].min >= 0.5"],
    ['metrics."loss.min" = 1', "metrics[loss.min] = 1"],
    ['metrics."val loss".max = 1', "metrics[val loss].max = 1"],
    ["params.train_sgd.alpha = 0.002", "params[train_sgd.alpha] = 0.002"],
    ['params."a \\"b\\"" = x', 'params[a "b"] = "x"'],
    ["params.x = NaN", "params[x] = NaN"],
    ["params.x < -inf", "params[x] < -Infinity"],
    ['params.model ~ "Forest 1.0"', 'params[model] ~ "Forest 1.0"'],
    ["params.seed = '007'", 'params[seed] = "007"'],
    ["status in (failed, 'running')", 'status in "failed"|"running"'],
    ["metrics.f1 exists", "metrics[f1] exists"],
    ["status:failed", 'status = "failed"'],
    ["tag:old", "tag old"],
    ['tag:"very old"', "tag very old"],
    ["tags.team != red", 'tags[team] != "red"'],
    ["age < 7d", "age < 604800"],
    ["duration > 1h30m", "duration > 5400"],
    ["duration > 90s", "duration > 90"],
    ["duration > 0", "duration > 0"],
    ["status = FAILED", 'status = "FAILED"'],
    ["status ~ fail", 'status ~ "fail"'],
    ["reused > 2", "reused > 2"],
    ["started >= 2026-11", "started >= 2026-11-01T00:00:00.000Z..2026-12-01T00:00:00.000Z"],
    ["ended = 2026-11-20T09:30+02:00", "ended = 2026-11-20T07:30:00.000Z..2026-11-20T07:31:00.000Z"],
  ])("%s", (text, tree) => {
    expect(told(read(text))).toBe(tree);
  });

  test.each([
    ["size > 1MiB", "size > 1048576"],
    ["size < 1.5 GB", "size < 1500000000"],
    ['size < "1.5 GB"', "size < 1500000000"],
    ["part.config = abc", 'part[config] = "abc"'],
    ["state = broken", 'state = "broken"'],
    ["uses = 0", "uses = 0"],
    ["size > 512", "size > 512"],
    ["status = unreadable", 'status = "unreadable"'],
  ])("of entries: %s", (text, tree) => {
    expect(told(read(text, "entries"))).toBe(tree);
  });
});

describe("how conditions are joined", () => {
  test.each([
    ["", "all"],
    ["  \t", "all"],
    ["wine lab", '("wine" and "lab")'],
    ["a or b and not c", '("a" or ("b" and not "c"))'],
    ["(a or b) c", '(("a" or "b") and "c")'],
    ["NOT (a AND b)", 'not ("a" and "b")'],
    ["not not a", 'not not "a"'],
    ['"and"', '"and"'],
    ["steps:train/fit", '"steps:train/fit"'],
    ["name", '"name"'],
    ["loss in b", '("loss" and "in" and "b")'],
  ])("%s", (text, tree) => {
    expect(told(read(text))).toBe(tree);
  });

  test("each leaf says where it stands", () => {
    expect(read("x status = failed")).toMatchObject({
      items: [
        { position: 0, end: 1 },
        { position: 2, end: 17 },
      ],
    });
  });
});

describe("a text that is no filter", () => {
  test.each([
    ["metrics.loss <", 14, "a number"],
    ["age < soon", 6, "a duration"],
    ["age < 90", 6, "a duration such as 90s, 36h or 7d"],
    ["age < 7 and x", 6, "a duration"],
    ["duration in (1h, 90)", 17, "a duration"],
    ["status = faild", 9, "failed"],
    ["status:faild", 7, "failed"],
    ["status in (failed, cached)", 19, "completed"],
    ["started > 2026-02-30", 10, "a date"],
    ["params.x", 8, "="],
    ["params. = 1", 7, "params.<name>"],
    ["metrics = 1", 7, "metrics.<name>"],
    ["nothing = 1", 0, "name"],
    ["size > 1", 0, "name"],
    ['name = "abc', 7, 'a closing "'],
    ["(a", 2, ")"],
    ["a)", 1, "the end"],
    ["a and", 5, "a field"],
    ["or a", 0, "a field"],
    ["x ! y", 2, "!="],
    ["status in ()", 11, "a text"],
    ["tag:", 4, "a value"],
    ["age ~ 7d", 6, "="],
    ['"a" = 1', 4, "and"],
    ["params.constructor.__proto__ <", 30, "a number"],
  ])("%s", (text, position, expected) => {
    const problem = problemOf(text);
    expect(problem?.position).toBe(position);
    expect(problem?.expected.join()).toContain(expected);
  });

  test("a state that no entry has is told with the words there are", () => {
    expect(problemOf("state = used", "entries")).toEqual({
      position: 8,
      expected: [...stateWords],
      message: 'There is no state "used".',
    });
    expect([statusWords, stateWords]).toEqual([runStatuses, entryStates]);
  });

  test("length, depth and number of conditions are bounded", () => {
    expect(problemOf("x".repeat(longestFilter + 1))?.position).toBe(longestFilter);
    expect(problemOf(`${"(".repeat(60)}x`)?.message).toContain("deeply");
    expect(problemOf(`${"not ".repeat(60)}x`)?.message).toContain("deeply");
    expect(problemOf("x ".repeat(300))?.message).toContain("too many");
    expect(problemOf(`name in (${"a,".repeat(300)}b)`)?.message).toContain("too many");
  });

  test("names of object members are no fields", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(problemOf(`${name} = 1`)?.position).toBe(0);
      expect(told(read(name))).toBe(`"${name}"`);
      expect(told(read(`${name}:x`))).toBe(`"${name}:x"`);
    }
  });
});
