import { readFileSync } from "node:fs";
import { isAppError } from "../lib/domain/errors.ts";
import { newToken } from "../lib/engine/new-token.ts";
import { verifyAudit } from "../lib/engine/verify-audit.ts";
import { parseCommandLine, usage } from "../lib/settings/command-line.ts";
import { readEnvironment } from "../lib/settings/environment.ts";
import { describeSettingsFile } from "../lib/settings/settings-schema.ts";
import { examine } from "./doctor.ts";
import { serve } from "./serve.ts";
import { visible } from "./visible.ts";
import { explainInWords } from "./why.ts";

/**
 * The command line: arguments in, a running server or an answer out. Exit codes: 0 asked to end or answered, 1 failed, 2 answered that it is not known, 64 misused, 66 nothing goes
 * by that name, 78 unsafe settings.
 */
async function main(): Promise<void> {
  const line = parseCommandLine(process.argv.slice(2));
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  if (line.command === "help") return console.log(usage);
  if (line.command === "version") return console.log(version);
  if (line.command === "schema") return console.log(JSON.stringify(describeSettingsFile(), null, 2));
  if (line.command === "audit-verify") return tellAudit();
  if (line.command === "token") return tellToken(line.targets[0] ?? "");
  if (line.command === "doctor") process.exit(await examine(line));
  if (line.why) process.exitCode = await explainInWords(line, line.why, version);
  else await serve(line, version);
}

/** Exit code 1 when a record does not follow from the one before it. */
function tellAudit(): void {
  const found = verifyAudit(readEnvironment());
  if ("records" in found) console.log(`${found.records} records, each follows from the one before.`);
  else {
    console.error(`trialdeck: record ${found.seq} of the audit ${found.problem}.`);
    process.exitCode = 1;
  }
}

/** The token itself is told here and nowhere else. */
function tellToken(name: string): void {
  const { token, line } = newToken(name);
  console.log(
    `${token}\n\nGive it to them: it is not kept. In trialdeck.config.yaml, with the role that they are to have:\n`,
  );
  console.log(`access:\n  tokens:\n${visible(line)}`);
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  console.error(
    `Trialdeck runs on Node 24 or newer; this is ${process.version}. Start it by \`npm start\`, which brings its own.`,
  );
  process.exit(1);
}
main().catch((error: unknown) => {
  if (!isAppError(error)) {
    console.error(error);
    process.exit(1);
  }
  console.error(`trialdeck: ${error.message}${error.remedy ? `\n${error.remedy}` : ""}`);
  const codes: Partial<Record<typeof error.code, number>> = { bad_request: 64, not_found: 66, forbidden: 78 };
  process.exit(codes[error.code] ?? 1);
});
