import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { Failure, say } from "./failure.mjs";
import { run } from "./run.mjs";

/** What the tests need beyond npm: how it is looked for and which Debian packages bring it. */
export const needs = [
  { name: "Git", find: () => findProgram("git"), packages: ["git"] },
  { name: "OpenSSL", find: () => findProgram("openssl"), packages: ["openssl"] },
  { name: "Python 3.10 or newer with venv", find: findPython, packages: ["python3", "python3-venv"] },
  { name: "Redis", find: () => findProgram("redis-server"), packages: ["redis-server"] },
  {
    name: "Chromium",
    find: () => findProgram("chromium") ?? findProgram("chromium-browser") ?? findProgram("google-chrome"),
    packages: ["chromium"],
  },
  { name: "Java 11 or newer", find: () => findProgram("java"), packages: ["default-jre-headless"] },
  {
    name: "Google's Firestore emulator",
    find: findFirestoreEmulator,
    byHand: "gcloud components install cloud-firestore-emulator",
  },
  {
    name: "fake-gcs-server, or Go 1.26 or newer to build it",
    find: () => findProgram("fake-gcs-server") ?? findProgram("go"),
    byHand: "go install github.com/fsouza/fake-gcs-server@v1.56.1 (Go: https://go.dev/dl)",
  },
];

/** Where Debian's package, the Google Cloud CLI or firebase-tools puts it. */
function findFirestoreEmulator() {
  if (process.env.FIRESTORE_EMULATOR_HOST) return process.env.FIRESTORE_EMULATOR_HOST;
  const program = "platform/cloud-firestore-emulator/cloud_firestore_emulator";
  const gcloud = spawnSync("gcloud", ["info", "--format=value(installation.sdk_root)"], { encoding: "utf8" });
  const roots = ["/usr/lib/google-cloud-sdk", gcloud.stdout?.trim()].filter(Boolean);
  const fetched = join(homedir(), ".cache/firebase/emulators");
  const jars = existsSync(fetched)
    ? readdirSync(fetched).filter((name) => /^cloud-firestore-emulator-.*\.jar$/.test(name))
    : [];
  const places = [...roots.map((root) => join(root, program)), ...jars.map((name) => join(fetched, name))];
  return places.find((path) => existsSync(path)) ?? null;
}

/** Path of a program on the PATH, or null. */
export function findProgram(name) {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** The Python on the PATH, where it can make an environment for ExpOps, which the live tests run. */
function findPython() {
  const probe = "import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))";
  return spawnSync("python3", ["-c", probe], { stdio: "ignore" }).status === 0 ? findProgram("python3") : null;
}

/** Installs what is missing where that may be done unasked (root, on Debian); elsewhere ends with the line to type. */
export async function ensureNeeds(wanted = needs) {
  const missing = wanted.filter(({ find }) => !find());
  if (missing.length === 0) return;
  const unpackaged = missing.filter(({ byHand }) => byHand);
  if (unpackaged.length > 0) {
    const lines = unpackaged.map(({ name, byHand }) => `  ${byHand}    # ${name}`);
    throw new Failure("The tests need more than can be installed here. Type:", lines.join("\n"));
  }
  const names = missing.map(({ name }) => name).join(", ");
  const packages = missing.flatMap((need) => need.packages);
  if (!findProgram("apt-get")) {
    throw new Failure(`The tests need ${names}.`, "Install them so that they are on the PATH, then type: npm test");
  }
  const byHand = `apt-get update && apt-get install -y ${packages.join(" ")}`;
  if (process.getuid?.() !== 0) throw new Failure(`The tests need ${names}. Type:`, `  sudo sh -c '${byHand}'`);

  say(`Installing ${names} (apt-get install ${packages.join(" ")}) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // A list of packages that is partly out of reach may still have what is wanted.
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
  const still = wanted.filter(({ find }) => !find()).map(({ name }) => name);
  if (still.length > 0) throw new Failure(`The tests need ${still.join(", ")}. Type:`, `  ${byHand}`);
}
