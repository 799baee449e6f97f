import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface LockedPackage {
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, LockedPackage>;
};
const packages = Object.entries(lock.packages);

/** npm leaves such packages out of a lock file that it writes beside an installed node_modules (npm/cli#4828). */
test("the packages of every platform are locked, without which npm ci refuses", () => {
  const isLocked = (from: string, name: string) =>
    [`${from}/node_modules/${name}`, `node_modules/${name}`].some((path) => path in lock.packages);
  const missing = packages.flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(from, name)),
  );
  expect(missing).toEqual([]);
});

test("no address of a registry is locked: npm takes the one it is set to", () => {
  expect(packages.filter(([, { resolved }]) => resolved?.startsWith("http"))).toEqual([]);
});
