import { describe, expect, it } from "vitest";
import type { StepUse } from "../../../lib/domain/run.ts";
import { toCsv } from "../frame/export.ts";
import { describeProcess, fateOf, graphTable } from "./describe.ts";
import { layoutGraph } from "./layout.ts";
import { prepareGraph } from "./prepare.ts";
import { drawGraphSvg } from "./svg-picture.ts";

const blank = { step: null, startedAt: null, endedAt: null, executionSeconds: null, producer: null, entryId: null };
const uses: StepUse[] = [
  {
    ...blank,
    process: "prepare",
    origin: "reused",
    producer: { runId: "r1", startedAt: null, executionSeconds: 3.26 },
  },
  { ...blank, process: "train", origin: "failed", executionSeconds: 2, error: { message: "boom", from: "log" } },
  { ...blank, process: "train", step: "fit", origin: "failed" },
  {
    ...blank,
    process: "report",
    origin: "never-ran",
    error: { message: "x", from: "log", caused: { process: "train" } },
  },
];
const node = (label: string) => ({ id: label, label, parentId: null, origin: "never-ran" as const, stepIndex: null });
const graph = {
  origin: "version" as const,
  nodes: ["prepare", "train", "report", "<last>"].map(node),
  edges: [
    { from: "prepare", to: "train" },
    { from: "train", to: "report" },
    { from: "report", to: "<last>" },
  ],
};
const picture = prepareGraph(graph, uses, false);
const nameOfRun = (runId: string) => `run ${runId}`;

describe("the graph in words", () => {
  it("tells what failed from what was taken along, and what may still come", () => {
    expect(picture.processes.map(fateOf)).toEqual(["reused", "failed here", "dependency failed", "never ran"]);
    expect(prepareGraph(graph, [], true).processes.map(fateOf)).toEqual(Array(4).fill("still to come"));
  });

  it("says of what the run has no record that it is not recorded", () => {
    const nodes = graph.nodes.map((one) => ({ ...one, origin: "unknown" as const }));
    expect(prepareGraph({ ...graph, nodes }, [], false).processes.map(fateOf)).toEqual(Array(4).fill("not recorded"));
    expect(prepareGraph({ ...graph, nodes }, [], true).processes.map(fateOf)).toEqual(Array(4).fill("still to come"));
  });

  it("calls cut off what says running in a run that is over", () => {
    const cut = prepareGraph(graph, [{ ...blank, process: "train", origin: "running" }], false);
    expect(cut.processes.map(fateOf)[1]).toBe("stalled");
  });

  it("reads a process as a sentence", () => {
    expect(picture.processes.map((process) => describeProcess(process, picture))).toEqual([
      "prepare: reused, made in 3.26 s",
      "train: failed here, 2.00 s, after prepare, 1 step",
      "report: dependency failed, after train",
      "<last>: never ran, after report",
    ]);
  });

  it("is a table with the steps below their process", () => {
    expect(toCsv(graphTable(picture, nameOfRun), { safe: false }).split("\r\n").slice(0, 4)).toEqual([
      "Process,Step,State,Seconds,From run,After,Before",
      "prepare,,reused,3.26,run r1,,train",
      "train,,failed here,2,,prepare,report",
      "train,fit,failed,,,,",
    ]);
  });

  it("is a picture in which foreign names are only text", () => {
    const svg = drawGraphSvg(picture, layoutGraph(picture, new Set(), "LR"), "LR");
    expect(svg).toContain("&lt;last&gt;");
    expect(svg).not.toContain("<last>");
    expect(svg.match(/<path /g)).toHaveLength(3);
  });
});
