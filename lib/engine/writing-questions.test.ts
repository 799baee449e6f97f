import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { localAdmin } from "../auth/viewer.ts";
import type { SourceCheck } from "../domain/check.ts";
import { openState, type State } from "../state/state.ts";
import { answerCandidates, type CandidateQuestions } from "./candidate-questions.ts";
import { answerWriting, type WritingQuestions } from "./writing-questions.ts";

let folder: string;
let path: string;
let state: State;
let questions: CandidateQuestions & WritingQuestions;
const checkCandidate = vi.fn(async (): Promise<SourceCheck> => ({ sourceId: "candidate", verdict: "pass", steps: [] }));
const onWritten = vi.fn();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trialdeck-write-"));
  path = join(folder, "trialdeck.config.yaml");
  writeFileSync(path, "sources:\n  - {id: lab, target: redis://ada:canary@h:1/0}\n");
  state = openState(folder, { lasting: false });
  const shared = { editing: { path, hosts: [], roots: [] }, state, passed: new Set<string>(), now: Date.now };
  questions = {
    ...answerCandidates({ ...shared, sources: { checkCandidate }, turnMillis: 0.001 }),
    ...answerWriting({ ...shared, onWritten }),
  };
});
afterEach(() => {
  state.close();
  rmSync(folder, { recursive: true });
});

const place = (of: string | null) => ({ of, digest: questions.settingsForm(localAdmin).digest });

it("writes a source whose check has passed, after showing how the file changes", async () => {
  const candidate = { target: "./more", label: "More" };
  const asked = { ...place(null), candidate };
  expect(questions.writeSource(localAdmin, { ...asked, write: false })).toMatchObject({
    written: false,
    lines: expect.arrayContaining([{ sign: "+", text: "  - target: ./more" }]),
  });
  expect(() => questions.writeSource(localAdmin, { ...asked, write: true })).toThrow(/check has not passed/);
  await questions.checkCandidate(localAdmin, candidate, place(null));
  expect(questions.writeSource(localAdmin, { ...asked, write: true }).written).toBe(true);
  expect(readFileSync(path, "utf8")).toContain("label: More");
  expect(onWritten).toHaveBeenCalled();
  expect(questions.settingsForm(localAdmin).drafts).toEqual([]);
  expect(state.audit.list(localAdmin, null, 5).map(({ action }) => action)).toEqual(["write-source", "try-source"]);
});

it("keeps what fails as a draft, without its secret", async () => {
  checkCandidate.mockResolvedValueOnce({ sourceId: "candidate", verdict: "fail", steps: [] });
  await questions.checkCandidate(localAdmin, { target: "redis://h:1/0", redis: { password: "canary" } }, place(null));
  const { drafts } = questions.settingsForm(localAdmin);
  expect(drafts).toMatchObject([{ of: null, by: "local", settings: { target: "redis://h:1/0", redis: {} } }]);
  questions.discardDraft(localAdmin, null);
  expect(questions.settingsForm(localAdmin).drafts).toEqual([]);
});

it("goes on with a secret of the file that the form never saw", async () => {
  const form = questions.settingsForm(localAdmin);
  expect(JSON.stringify(form)).not.toContain("canary");
  const candidate = { ...form.sources[0]!.settings, label: "Lab" };
  await questions.checkCandidate(localAdmin, candidate, place("lab"));
  expect(checkCandidate).toHaveBeenLastCalledWith(
    expect.objectContaining({ target: "redis://ada:canary@h:1/0" }),
    expect.anything(),
  );
  const { lines } = questions.writeSource(localAdmin, { ...place("lab"), candidate, write: true });
  expect(JSON.stringify(lines)).not.toContain("canary");
  expect(readFileSync(path, "utf8")).toContain("redis://ada:canary@h:1/0");
});

it("writes over nobody's change", () => {
  const asked = { ...place("lab"), candidate: { target: "./x" }, write: false };
  writeFileSync(path, "sources:\n  - {id: lab, target: ./other}\n");
  expect(() => questions.writeSource(localAdmin, asked)).toThrow(/changed meanwhile/);
});

it("is for admins", () => {
  const operator = { ...localAdmin, role: "operator" as const };
  expect(() => questions.settingsForm(operator)).toThrow(expect.objectContaining({ code: "forbidden" }));
  expect(() => questions.discardDraft(operator, null)).toThrow(expect.objectContaining({ code: "forbidden" }));
});
