import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const planted = `planted-${process.pid}`;
const toRemove = new Set<string>();

/** One file a room, with the rooms it may import; every other arrow between two rooms must be refused. */
const mayImport: Record<string, { file: string; rooms: string[] }> = {
  app: { file: `app/${planted}/page.tsx`, rooms: ["noun", "otherNoun", "preview", "charts", "ui"] },
  api: { file: `app/api/${planted}/route.ts`, rooms: ["engine", "wire"] },
  noun: { file: `components/${planted}/list.tsx`, rooms: ["charts", "preview", "ui", "queries", "domain"] },
  otherNoun: { file: `components/${planted}-other/list.tsx`, rooms: ["charts", "preview", "ui", "queries", "domain"] },
  preview: { file: `components/preview/${planted}.tsx`, rooms: ["ui", "queries", "domain"] },
  charts: { file: `components/charts/${planted}/prepare.ts`, rooms: ["ui", "domain"] },
  ui: { file: `components/ui/${planted}.tsx`, rooms: [] },
  domain: { file: `lib/domain/${planted}.ts`, rooms: [] },
  contracts: { file: `lib/contracts/${planted}.ts`, rooms: ["domain"] },
  driver: { file: `lib/drivers/${planted}/driver.ts`, rooms: ["contracts", "domain"] },
  otherDriver: { file: `lib/drivers/${planted}-other/driver.ts`, rooms: ["contracts", "domain"] },
  layout: { file: `lib/layouts/${planted}/index.ts`, rooms: ["contracts", "domain", "codecs"] },
  otherLayout: { file: `lib/layouts/${planted}-other/index.ts`, rooms: ["contracts", "domain", "codecs"] },
  codecs: { file: `lib/codecs/${planted}.ts`, rooms: ["domain"] },
  settings: { file: `lib/settings/${planted}.ts`, rooms: ["domain"] },
  sources: {
    file: `lib/sources/${planted}.ts`,
    rooms: [
      ...["settings", "contracts", "driver", "otherDriver", "layout", "otherLayout"],
      ...["codecs", "catalog", "domain"],
    ],
  },
  catalog: { file: `lib/catalog/${planted}.ts`, rooms: ["contracts", "domain"] },
  state: { file: `lib/state/${planted}.ts`, rooms: ["domain"] },
  operations: { file: `lib/operations/${planted}.ts`, rooms: ["domain", "contracts", "catalog", "state", "sources"] },
  auth: { file: `lib/auth/${planted}.ts`, rooms: ["domain", "state", "settings"] },
  engine: {
    file: `lib/engine/${planted}.ts`,
    rooms: [
      ...["domain", "contracts", "driver", "otherDriver", "layout", "otherLayout", "codecs", "settings"],
      ...["sources", "catalog", "state", "operations", "auth"],
    ],
  },
  wire: { file: `lib/wire/${planted}.ts`, rooms: ["domain"] },
  queries: { file: `lib/queries/${planted}.ts`, rooms: ["wire", "domain"] },
  bin: { file: `bin/${planted}.ts`, rooms: ["engine", "wire", "settings"] },
  e2e: { file: `e2e/pages/${planted}.ts`, rooms: [] },
};

function plant(file: string, text: string): void {
  const [, folder = ""] = file.match(`^(.*?${planted}(?:-other)?)/`) ?? [];
  toRemove.add(folder || file);
  mkdirSync(join(root, dirname(file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** Imports for their types alone, which is all that some arrows allow. */
function importing(from: string, targets: string[]): string {
  const line = (to: string, index: number) => {
    const path = relative(dirname(from), to);
    return `import type * as planted${index} from "${path.startsWith(".") ? path : `./${path}`}";`;
  };
  return [...targets.map(line), "export const planted = true;", ""].join("\n");
}

/** What `npm run lint` would say of these files: `[rule, from, to]`. */
function cruise(files: string[]): [rule: string, from: string, to: string][] {
  const args = ["--config", ".dependency-cruiser.mjs", "--output-type", "json", ...files];
  const cli = join(root, "node_modules/.bin/depcruise");
  const answer = execFileSync(process.execPath, [cli, ...args], { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  const { summary } = JSON.parse(answer) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return summary.violations.map(({ rule, from, to }) => [rule.name, from, to]);
}

afterEach(() => {
  for (const path of toRemove) rmSync(join(root, path), { recursive: true, force: true });
  toRemove.clear();
});

describe("who may import whom", () => {
  test("every arrow outside the table is refused, every arrow in it is not", () => {
    const names = Object.keys(mayImport);
    const fileOf = (name: string) => mayImport[name]!.file;
    for (const from of names) {
      plant(fileOf(from), importing(fileOf(from), names.filter((to) => to !== from).map(fileOf)));
    }

    const refused = new Set(
      cruise(names.map(fileOf))
        .filter(([rule]) => rule.startsWith("room-"))
        .map(([, from, to]) => `${from} → ${to}`),
    );

    const expected = names.flatMap((from) =>
      names
        .filter((to) => to !== from && !mayImport[from]!.rooms.includes(to))
        .map((to) => `${fileOf(from)} → ${fileOf(to)}`),
    );
    expect([...refused].sort()).toEqual(expected.sort());
  });

  test("a cycle is refused", () => {
    const [here, there] = [`lib/domain/${planted}.ts`, `lib/domain/${planted}-there.ts`];
    plant(here, importing(here, [there]));
    plant(there, importing(there, [here]));

    expect(cruise([here, there]).map(([rule]) => rule)).toContain("no-cycle");
  });

  test("a client library is refused outside the driver that owns it", () => {
    const file = `lib/layouts/${planted}/index.ts`;
    plant(file, 'import Redis from "ioredis";\nexport const redis = Redis;\n');

    expect(cruise([file]).map(([rule]) => rule)).toEqual(["package-ioredis"]);
  });

  test("a route takes getEngine() but no running code of the engine", () => {
    const [route, engine] = [`app/api/${planted}/route.ts`, `lib/engine/${planted}.ts`];
    plant(engine, "export const running = 1;\n");
    plant(route, `import { running } from "../../../${engine}";\nexport const GET = () => running;\n`);

    expect(cruise([route]).map(([rule]) => rule)).toEqual(["routes-get-the-engine"]);
  });

  test("the domain touches neither files nor network", () => {
    const file = `lib/domain/${planted}.ts`;
    plant(file, 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;\n');

    expect(cruise([file]).map(([rule]) => rule)).toEqual(["domain-has-no-io"]);
  });
});
