import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSteps, chartProcessesOf, graphOf } from "./graph.ts";
import { parseProjectConfig } from "./project-config.ts";

const fixtures = join(import.meta.dirname, "../../../e2e/fixtures/expops");
const parse = (text: string) => parseProjectConfig(new TextEncoder().encode(text)).config;
const readFixture = (path: string) => parse(readFileSync(join(fixtures, path, "configs/project_config.yaml"), "utf8"));
const names = (graph: ReturnType<typeof graphOf>) => graph.nodes.map(({ id }) => id);
const arrows = (graph: ReturnType<typeof graphOf>) => graph.edges.map(({ from, to }) => `${from} → ${to}`);

describe("graphOf", () => {
  it("gives the processes of a version in an order in which they can run", () => {
    const graph = graphOf(readFixture("versions/workspace/spill-lab"), true, []);
    const predecessors = JSON.parse(readFileSync(join(fixtures, "versions/EXPECTED.json"), "utf8")).graph as Record<
      string,
      string[]
    >;
    expect(graph.origin).toBe("version");
    expect(names(graph).toSorted()).toEqual(Object.keys(predecessors).sort());
    expect(arrows(graph).sort()).toEqual(
      Object.entries(predecessors)
        .flatMap(([to, from]) => from.map((one) => `${one} → ${to}`))
        .sort(),
    );
    const places = new Map(graph.nodes.map(({ id }, index) => [id, index]));
    expect(graph.edges.every(({ from, to }) => Number(places.get(from)) < Number(places.get(to)))).toBe(true);
  });

  it("copies what follows a seed split, once a seed, until they are joined", () => {
    const graph = graphOf(readFixture("sqlite-seeds/seed-mini"), true, ["fit[seed=11]", "fit[seed=12]"]);
    expect(names(graph)).toEqual(["read", "fan", "fit[seed=11]", "fit[seed=12]", "gather"]);
    expect(arrows(graph).sort()).toEqual([
      "fan → fit[seed=11]",
      "fan → fit[seed=12]",
      "fit[seed=11] → gather",
      "fit[seed=12] → gather",
      "read → fan",
    ]);
  });

  it("combines copies by part with copies by seed, each following its own", () => {
    const config = parse(`experiment:
  pipeline:
    process_adjlist: |
      cut sow
      sow fit
      fit mean
      mean all
    processes:
      - {name: cut, data_parallelism: {size: 2, data_name: x}}
      - {name: sow, seed_parallelism: {seeds: [1, 2]}}
      - {name: fit}
      - {name: mean, seed_aggregation: true}
      - {name: all, data_aggregation: true}
`);
    const graph = graphOf(config, true, []);
    expect(names(graph)).toEqual([
      "cut",
      "sow[partition=p1]",
      "sow[partition=p2]",
      "fit[partition=p1,seed=1]",
      "fit[partition=p1,seed=2]",
      "fit[partition=p2,seed=1]",
      "fit[partition=p2,seed=2]",
      "mean[partition=p1]",
      "mean[partition=p2]",
      "all",
    ]);
    expect(arrows(graph)).toContain("fit[partition=p1,seed=2] → mean[partition=p1]");
    expect(arrows(graph)).not.toContain("fit[partition=p1,seed=2] → mean[partition=p2]");
    expect(arrows(graph)).toHaveLength(2 + 4 + 4 + 2);
  });

  it("uses the present config only when it knows all that the run recorded", () => {
    const config = readFixture("sqlite-local/wine-lab");
    expect(graphOf(config, false, ["train_sgd", "evaluate"])).toMatchObject({ origin: "present-config" });
    // A process that came into the config later did not "never run" in a run that was completed before.
    expect(graphOf(config, false, ["train_sgd", "evaluate"], true)).toMatchObject({ origin: "none", edges: [] });
    const all = config?.processes.map(({ name }) => name) ?? [];
    expect(graphOf(config, false, all, true)).toMatchObject({ origin: "present-config" });
    // Every config knows all of nothing.
    expect(graphOf(config, false, [])).toEqual({ origin: "none", nodes: [], edges: [] });
    const stranger = graphOf(config, false, ["train_sgd", "train_svm"]);
    expect(stranger).toEqual({
      origin: "none",
      nodes: ["train_sgd", "train_svm"].map((id) => ({ id, label: id, parentId: null, stepIndex: null })),
      edges: [],
    });
    expect(graphOf(null, true, ["a"]).origin).toBe("none");
  });

  it("survives rings, edges to oneself and a fan-out of millions", () => {
    const ring = graphOf(parse("experiment: {pipeline: {process_adjlist: [a b, b a, c c, c d, c d]}}"), true, []);
    expect(names(ring).sort()).toEqual(["a", "b", "c", "d"]);
    expect(arrows(ring).sort()).toEqual(["a → b", "b → a", "c → c", "c → d"]);
    const splits = Array.from({ length: 9 }, (_, index) => `{name: s${index}, data_parallelism: {size: 1000}}`);
    const chain = Array.from({ length: 9 }, (_, index) => `s${index} s${index + 1}`);
    const wide = graphOf(
      parse(`experiment: {pipeline: {process_adjlist: [${chain}], processes: [${splits}]}}`),
      true,
      [],
    );
    expect(names(wide)).toHaveLength(10);
  });
});

describe("addSteps", () => {
  it("puts steps below their process, in the order they began, and leaves strangers out", () => {
    const graph = addSteps(graphOf(null, false, ["a", "b"]), [
      { process: "b", step: "x" },
      { process: "gone", step: "x" },
      { process: "a", step: "x" },
    ]);
    expect(graph.nodes.slice(2)).toEqual([
      { id: '["b","x"]', label: "x", parentId: "b", stepIndex: 0 },
      { id: '["a","x"]', label: "x", parentId: "a", stepIndex: 1 },
    ]);
  });
});

describe("chartProcessesOf", () => {
  it("names charts with their copies", () => {
    const config = parse(
      "experiment: {pipeline: {process_adjlist: [split draw], processes: [{name: split, seed_parallelism: [3, 4]}, {name: draw, probe_paths: {a: b}}]}}",
    );
    expect(config && [...chartProcessesOf(config)]).toEqual(["draw[seed=3]", "draw[seed=4]"]);
  });
});
