import { describe, expect, it } from "vitest";
import type { Graph, StepOrigin, StepUse } from "../../../lib/domain/run.ts";
import { layoutGraph, neighbour, timeColumns } from "./layout.ts";
import { prepareGraph } from "./prepare.ts";

function use(process: string, step: string | null, origin: StepOrigin, extra: Partial<StepUse> = {}): StepUse {
  return {
    process,
    step,
    origin,
    startedAt: null,
    endedAt: null,
    executionSeconds: null,
    producer: null,
    entryId: null,
    ...extra,
  };
}
function node(label: string, parentId: string | null = null, stepIndex: number | null = null): Graph["nodes"][number] {
  return { id: parentId ? `${parentId}/${label}` : label, label, parentId, origin: "unknown", stepIndex };
}

const graph: Graph = {
  origin: "version",
  nodes: [
    node("prepare"),
    node("load", "prepare", 0),
    node("split", "prepare", 1),
    node("train"),
    node("evaluate"),
    node("chart"),
  ],
  edges: [
    { from: "prepare/split", to: "train" },
    { from: "prepare", to: "train" },
    { from: "train", to: "evaluate" },
    { from: "train", to: "chart" },
  ],
};
const uses = [
  use("prepare", null, "reused", { producer: { runId: "r1", startedAt: null, executionSeconds: 3.26 }, entryId: "e1" }),
  use("train", null, "executed", { startedAt: "2026-11-20T23:33:48Z", executionSeconds: 2 }),
  use("train", "fit", "executed", { executionSeconds: 1.9 }),
  use("evaluate", null, "failed", { error: { message: "boom", from: "log", caused: { process: "train" } } }),
];

describe("prepareGraph", () => {
  const picture = prepareGraph(graph, uses, false);
  const named = (name: string) => picture.processes.find((process) => process.name === name);

  it("joins what the config draws with what the run recorded", () => {
    expect(named("prepare")).toMatchObject({ origin: "reused", seconds: 3.26, producerRunId: "r1", entryId: "e1" });
    expect(named("train")).toMatchObject({ origin: "executed", seconds: 2, producerRunId: null });
    expect(named("chart")).toMatchObject({ origin: "unknown", seconds: null });
  });

  it("lists steps in their order, and those that only the records name", () => {
    expect(named("prepare")?.steps.map((step) => step.name)).toEqual(["load", "split"]);
    expect(named("train")?.steps).toMatchObject([{ name: "fit", mark: "executed", seconds: 1.9 }]);
  });

  it("takes the steps of a reused process as reused with it, since they leave no record", () => {
    const nodes = graph.nodes.map((one) => ({ ...one, origin: "never-ran" as const }));
    const prepared = prepareGraph({ ...graph, nodes }, uses, false).processes;
    expect(prepared.find(({ name }) => name === "prepare")?.steps.map(({ mark }) => mark)).toEqual([
      "reused",
      "reused",
    ]);
    expect(prepared.find(({ name }) => name === "chart")?.origin).toBe("never-ran");
  });

  it("does not claim to know the steps of a reused process by a config that may not be its own", () => {
    const ofPresent = prepareGraph({ ...graph, origin: "present-config" }, uses, true).processes;
    const steps = ofPresent.find(({ name }) => name === "prepare")?.steps;
    expect(steps?.map(({ mark }) => mark)).toEqual(["unknown", "unknown"]);
  });

  it("tells what may still come from what left no record", () => {
    const marks = (underWay: boolean) =>
      prepareGraph(graph, uses, underWay).processes.find(({ name }) => name === "chart")?.mark;
    expect([marks(true), marks(false)]).toEqual(["queued", "unknown"]);
  });

  it("tells a failure here from one inherited", () => {
    expect(named("evaluate")?.failure).toEqual({ here: false, message: "boom", causedBy: "train" });
  });

  it("lifts edges of steps to their processes, each once", () => {
    expect(picture.edges).toEqual([
      { from: "prepare", to: "train" },
      { from: "train", to: "evaluate" },
      { from: "train", to: "chart" },
    ]);
  });

  it("keeps a process that the graph does not know", () => {
    const names = prepareGraph(graph, [...uses, use("extra", null, "executed")], false).processes.map(
      (process) => process.name,
    );
    expect(names).toContain("extra");
  });
});

describe("layoutGraph", () => {
  const picture = prepareGraph(graph, uses, false);
  const at = (expanded: string[] = []) => {
    const { placed } = layoutGraph(picture, new Set(expanded), "LR");
    return new Map(placed.map((one) => [one.process.name, one]));
  };

  it("flows from left to right along the edges", () => {
    const { prepare, train, evaluate } = Object.fromEntries(at());
    expect((prepare?.x ?? 0) < (train?.x ?? 0) && (train?.x ?? 0) < (evaluate?.x ?? 0)).toBe(true);
  });

  it("grows a process whose steps are shown, and overlaps nothing", () => {
    expect(at(["prepare"]).get("prepare")?.height).toBeGreaterThan(at().get("prepare")?.height ?? 0);
    const many: Graph = {
      origin: "version",
      nodes: Array.from({ length: 60 }, (_, i) => node(`p${i}`)),
      edges: Array.from({ length: 59 }, (_, i) => ({ from: `p${Math.floor(i / 3)}`, to: `p${i + 1}` })),
    };
    const { placed } = layoutGraph(prepareGraph(many, [], false), new Set(), "LR");
    const overlapping = placed.filter((a) =>
      placed.some((b) => a !== b && a.x === b.x && a.y < b.y + b.height && b.y < a.y + a.height),
    );
    expect(placed).toHaveLength(60);
    expect(overlapping).toEqual([]);
  });

  it("leads the arrow keys along edges", () => {
    const layout = layoutGraph(picture, new Set(), "LR");
    expect(neighbour(layout, "prepare", "ArrowRight")).toBe("train");
    expect(neighbour(layout, "train", "ArrowLeft")).toBe("prepare");
    expect(neighbour(layout, "prepare", "ArrowLeft")).toBeNull();
  });
});

describe("a graph nobody recorded", () => {
  const started = (second: number) => ({ startedAt: `2026-11-20T23:33:${second}Z`, executionSeconds: 4 });
  const recorded = [
    use("evaluate", null, "executed", started(30)),
    use("train_a", null, "executed", started(20)),
    use("train_b", null, "executed", started(22)),
    use("prepare", null, "reused"),
    use("chart", null, "never-ran"),
  ];
  const picture = prepareGraph({ origin: "none", nodes: [], edges: [] }, recorded, false);

  it("stands in order of time, together what ran together", () => {
    expect(picture.arrangement).toBe("time");
    expect(timeColumns(picture.processes).map((column) => column.map(({ name }) => name))).toEqual([
      ["prepare"],
      ["train_a", "train_b"],
      ["evaluate"],
      ["chart"],
    ]);
  });

  it("is one column on a narrow screen", () => {
    const { placed } = layoutGraph(picture, new Set(), "TB");
    expect(new Set(placed.map(({ x }) => x)).size).toBe(1);
  });
});
