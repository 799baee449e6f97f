import { realpathSync } from "node:fs";
import { dirname, resolve as resolvePath } from "node:path";
import type { CheckStep, SourceCheck } from "../domain/check.ts";
import { isAppError } from "../domain/errors.ts";
import type { SourceSettings } from "../domain/source-settings.ts";
import { isReference, resolveReferences, type Variables } from "../settings/references.ts";
import { admitPaths, admitSlots, type CandidateRules, type Resolve, refusal } from "./admit-candidate.ts";
import { checkSource } from "./check-source.ts";
import { configureSources } from "./source-config.ts";

export interface CandidateOptions extends CandidateRules {
  /** What its paths are relative to. */
  baseDir: string;
  /** What a password may refer to. */
  variables: Variables;
  /** For tests: how names become addresses. */
  resolve?: Resolve;
}

const idOfCandidate = "candidate";
const secretsDir = "/run/secrets";

/**
 * Checks a source that is not in the settings yet. It may only lead where the rules allow; what is refused is never connected to, and the answer tells
 * of a host no more than whether it can be used.
 */
export async function checkCandidate(candidate: SourceSettings, options: CandidateOptions): Promise<SourceCheck> {
  try {
    const { id: _id, ...settings } = resolveSecrets(candidate, options);
    const [config] = configureSources([{ ...settings, id: idOfCandidate }], options.baseDir);
    admitPaths(config!, options);
    const admit = (planned: Parameters<typeof admitSlots>[0]) => admitSlots(planned, options, options.resolve);
    return coarsen(await checkSource(config!, undefined, { admit }));
  } catch (error) {
    if (!isAppError(error)) throw error;
    const step: CheckStep = {
      ...{ id: "source.admitted", slot: "source", verdict: "fail", message: error.message, tookMs: 0 },
      stage: error.code === "bad_request" ? "parse" : "policy",
      ...(error.remedy && { remedy: error.remedy }),
    };
    return { sourceId: idOfCandidate, verdict: "fail", steps: [step] };
  }
}

/** A reference stands for a password alone, and for none of ours; anywhere else it could carry a secret to where it does not belong. */
function resolveSecrets(candidate: SourceSettings, { baseDir, roots, variables }: CandidateOptions): SourceSettings {
  const { password, ...redis } = candidate.redis ?? {};
  const rest = { ...candidate, ...(candidate.redis && { redis }) };
  if (JSON.stringify(rest).includes("${env:")) throw refusal();
  if (password === undefined) return rest;
  if (isReference(password) && /^\$\{env:TRIALDECK_/.test(password)) throw refusal();
  if (!isReference(password) && password.includes("${env:")) throw refusal();
  if (password.startsWith("file:")) {
    const path = realPath(resolvePath(baseDir, password.slice("file:".length)));
    if (![...roots, secretsDir].some((root) => path.startsWith(`${realPath(root)}/`))) throw refusal();
  }
  try {
    const { value } = resolveReferences({ password }, variables, baseDir);
    return { ...rest, redis: { ...redis, ...(value as { password: string }) } };
  } catch {
    throw refusal();
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return `${dirname(path)}/`;
  }
}

const coarse: Partial<Record<CheckStep["stage"], { pass: string; fail: string; remedy: string }>> = {
  policy: { pass: "It may be tried", fail: "This place may not be tried", remedy: refusal().remedy ?? "" },
  reach: {
    pass: "It answers",
    fail: "It does not answer as it should",
    remedy: "See that it runs at this address, and that both sides speak TLS or neither does.",
  },
  auth: {
    pass: "User and password are taken",
    fail: "It does not take the credentials, or is no store of this kind",
    remedy: "Correct user, password and database, or the kind of store.",
  },
};

/** How long something took and how it failed would tell what stands at a host: before the sign-in only the outcome is told. */
function coarsen(check: SourceCheck): SourceCheck {
  const steps = check.steps.map((step): CheckStep => {
    const words = coarse[step.stage];
    const { remedy: _remedy, ...bare } = { ...step, tookMs: 0 };
    // It would tell the address that a name led to.
    if (step.stage === "parse" && step.verdict === "pass") return { ...bare, message: "It can be read" };
    if (!words) return { ...step, tookMs: 0 };
    if (step.verdict === "skip") return bare;
    const isWell = step.verdict === "pass" || (step.verdict === "warn" && step.stage === "reach");
    return isWell
      ? { ...bare, verdict: "pass", message: words.pass }
      : { ...bare, message: words.fail, remedy: words.remedy };
  });
  return { ...check, steps };
}
