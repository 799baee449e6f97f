import { expect, it, vi } from "vitest";
import { localAdmin } from "../auth/viewer.ts";
import type { SourceCheck } from "../domain/check.ts";
import { answerCandidates, type CandidateParts, type ConfigEditing } from "./candidate-questions.ts";

const editing: ConfigEditing = { path: "/srv/trialdeck.config.yaml", hosts: [], roots: [] };
const check: SourceCheck = { sourceId: "candidate", verdict: "fail", steps: [] };
const candidate = { target: "redis://ada:canary@h:1/0" };

function open(options: { editing?: ConfigEditing | null; turnMillis?: number } = {}) {
  const audit = { append: vi.fn() };
  const state = { audit, drafts: { keep: vi.fn() } } as unknown as CandidateParts["state"];
  const sources = { checkCandidate: vi.fn(async () => check) };
  let at = 0;
  const questions = answerCandidates({
    sources,
    editing,
    state,
    passed: new Set(),
    now: () => at,
    turnMillis: 0.001,
    ...options,
  });
  return { ...questions, audit, sources, pass: (millis: number) => (at += millis) };
}

it("takes an admin, and editing that was switched on", async () => {
  const operator = { ...localAdmin, role: "operator" as const };
  const bound = { ...localAdmin, grants: new Map([["lab", { role: "admin" as const, experiments: ["one"] }]]) };
  for (const viewer of [operator, bound])
    await expect(open().checkCandidate(viewer, candidate)).rejects.toMatchObject({ code: "forbidden" });
  const closed = open({ editing: null });
  await expect(closed.checkCandidate(localAdmin, candidate)).rejects.toMatchObject({
    code: "forbidden",
    remedy: expect.stringContaining("TRIALDECK_CONFIG_EDIT=1"),
  });
  expect(closed.sources.checkCandidate).not.toHaveBeenCalled();
});

it("tries five in a minute, and tells the audit of each, without its password", async () => {
  const { checkCandidate, audit, pass } = open();
  for (let time = 0; time < 5; time += 1) await checkCandidate(localAdmin, candidate);
  await expect(checkCandidate(localAdmin, candidate)).rejects.toMatchObject({ code: "too_many" });
  pass(61_000);
  await expect(checkCandidate(localAdmin, candidate)).resolves.toEqual(check);
  expect(audit.append).toHaveBeenCalledTimes(6);
  expect(audit.append).toHaveBeenLastCalledWith(
    expect.objectContaining({ action: "try-source", by: "local", subject: "redis://h:1/0", result: "fail" }),
  );
});

it("answers no sooner, whatever came of it", async () => {
  const { checkCandidate } = open({ turnMillis: 200 });
  const begun = performance.now();
  await checkCandidate(localAdmin, candidate);
  expect(performance.now() - begun).toBeGreaterThan(190);
});
