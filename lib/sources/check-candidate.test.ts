import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { SourceSettings } from "../domain/source-settings.ts";
import { checkCandidate } from "./check-candidate.ts";

/** Stands for the port of the listener. */
const P = "{port}";
const metadata = "169.254.169.254";

/** Addresses of this machine and of its cloud, in every spelling that some program reads as one. None of them is listed. */
const hosts = [
  `127.0.0.1:${P}`,
  `localhost:${P}`,
  `LOCALHOST:${P}`,
  `LocalHost.:${P}`,
  `localhost.:${P}`,
  `localhost.localdomain:${P}`,
  `127.0.0.1.:${P}`,
  `127.1:${P}`,
  `127.0.1:${P}`,
  `127.000.000.001:${P}`,
  `127.0.0.2:${P}`,
  `127.255.255.254:${P}`,
  `2130706433:${P}`,
  `02130706433:${P}`,
  `017700000001:${P}`,
  `0177.0.0.1:${P}`,
  `0177.0.0.01:${P}`,
  `0x7f000001:${P}`,
  `0x7f.0.0.1:${P}`,
  `0x7f.1:${P}`,
  `0X7F.0x0.0x0.0x1:${P}`,
  `0x7f.0.1:${P}`,
  `4425673729:${P}`,
  `0:${P}`,
  `0.0.0.0:${P}`,
  `0x0:${P}`,
  `[::]:${P}`,
  `[::1]:${P}`,
  `[0:0:0:0:0:0:0:1]:${P}`,
  `[0000:0000:0000:0000:0000:0000:0000:0001]:${P}`,
  `[::ffff:127.0.0.1]:${P}`,
  `[::ffff:7f00:1]:${P}`,
  `[::127.0.0.1]:${P}`,
  `[64:ff9b::127.0.0.1]:${P}`,
  `[64:ff9b::7f00:1]:${P}`,
  `[2002:7f00:1::]:${P}`,
  `[::1%25lo]:${P}`,
  `[::1%lo]:${P}`,
  `[fe80::1]:${P}`,
  `[fe80::1%25eth0]:${P}`,
  `${metadata}:${P}`,
  `${metadata}:80`,
  `${metadata}.:80`,
  "2852039166:80",
  "0xa9fea9fe:80",
  "0xa9.0xfe.0xa9.0xfe:80",
  "0251.0376.0251.0376:80",
  "169.254.43518:80",
  "[::ffff:169.254.169.254]:80",
  "[::ffff:a9fe:a9fe]:80",
  "[::a9fe:a9fe]:80",
  "[64:ff9b::a9fe:a9fe]:80",
  "[64:ff9b:1::a9fe:a9fe]:80",
  "[2002:a9fe:a9fe::]:80",
  "[fd00:ec2::254]:80",
  "[fd20:ce::254]:80",
  "100.100.100.200:80",
  "168.63.129.16:80",
  "192.0.0.192:80",
  "metadata.google.internal:80",
  "metadata:80",
  `store.test@127.0.0.1:${P}`,
  `store.test:6379@127.0.0.1:${P}`,
  `store.test%3A6379@127.0.0.1:${P}`,
  `user:store.test:6379@127.0.0.1:${P}`,
  `127.0.0.1:${P}#@store.test:6379`,
  `127.0.0.1:${P}?@store.test:6379`,
  `127.0.0.1:${P}/@store.test:6379`,
  `127.0.0.1\\@store.test:${P}`,
  `127.0.0.1%00.store.test:${P}`,
  `127.0.0.1%2F.store.test:${P}`,
  `%31%32%37.0.0.1:${P}`,
  `１２７.0.0.1:${P}`,
  `①②⑦.0.0.1:${P}`,
  `127。0。0。1:${P}`,
  `127.0.0.1.nip.io:${P}`,
  `store.test.127.0.0.1.nip.io:${P}`,
  `store.test:${P}`,
  `STORE.test:6379`,
  `store.test.:6379`,
  "store.test:06379:1",
  "sub.store.test:6379",
  `[::ffff:127.0.0.1%25]:${P}`,
];

/** Names that are listed, and what they resolve to. */
const listedNames: Record<string, string[]> = {
  "v4.test": [metadata],
  "second.test": ["192.0.2.7", metadata],
  "link.test": ["169.254.0.1"],
  "mapped.test": ["::ffff:169.254.169.254"],
  "mapped-hex.test": ["::ffff:a9fe:a9fe"],
  "nat64.test": ["64:ff9b::a9fe:a9fe"],
  "local-nat64.test": ["64:ff9b:1::a9fe:a9fe"],
  "six-to-four.test": ["2002:a9fe:a9fe::1"],
  "compatible.test": ["::a9fe:a9fe"],
  "v6.test": ["fe80::1"],
  "zone.test": ["fe80::1%eth0"],
  "aws.test": ["fd00:ec2::254"],
  "alibaba.test": ["100.100.100.200"],
  "azure.test": ["168.63.129.16"],
  "oracle.test": ["192.0.0.192"],
  "nothing.test": [],
  "nonsense.test": ["not-an-address"],
};

const folder = mkdtempSync(join(tmpdir(), "trialdeck-candidate-"));
const outside = mkdtempSync(join(tmpdir(), "trialdeck-outside-"));
let listener: Server;
let socketFile: Server;
let port: number;
let arrived = 0;
let tried = 0;
const countTries = () => {
  tried += 1;
};

async function listen(server: Server, where: { port: number; host: string } | { path: string }): Promise<void> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(where, resolve));
}

beforeAll(async () => {
  // Of both families, at every address of this machine.
  listener = createServer((socket) => {
    arrived += 1;
    socket.on("error", () => undefined);
    socket.end("-ERR no Redis\r\n");
  });
  await listen(listener, { port: 0, host: "::" }).catch(() => listen(listener, { port: 0, host: "0.0.0.0" }));
  port = (listener.address() as AddressInfo).port;
  socketFile = createServer(() => {
    arrived += 1;
  });
  await listen(socketFile, { path: join(folder, "store.sock") });
  symlinkSync(outside, join(folder, "way-out"));
  writeFileSync(join(outside, "secret.sqlite"), "");
  writeFileSync(join(outside, "key.json"), "{}");
  mkdirSync(join(folder, "lab", "configs"), { recursive: true });
  const config = `experiment: {cache: {backend: {type: redis, host: 127.0.0.1, port: ${port}}}}`;
  writeFileSync(join(folder, "lab", "configs", "project_config.yaml"), config);
  writeFileSync(join(folder, "program.json"), JSON.stringify({ type: "external_account" }));
});
afterAll(() => {
  listener.close();
  socketFile.close();
  for (const path of [folder, outside]) rmSync(path, { recursive: true });
});
beforeEach(() => {
  [arrived, tried] = [0, 0];
  subscribe("net.client.socket", countTries);
});
afterEach(() => unsubscribe("net.client.socket", countTries));

const resolve = vi.fn(async (host: string) =>
  (listedNames[host] ?? ["127.0.0.1"]).map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
);

function check(candidate: SourceSettings, variables = {}) {
  const listed = [...Object.keys(listedNames).map((name) => `${name}:6379`), "store.test:6379", `here.test:${port}`];
  const fill = JSON.parse(JSON.stringify(candidate).replaceAll(P, String(port))) as SourceSettings;
  // Numbers are never names, even where somebody listed one.
  const hosts = [...listed, "2130706433:6379", "0x7f.1:6379"];
  return checkCandidate(fill, { hosts, roots: [folder], baseDir: folder, variables, resolve });
}

async function expectRefused(candidate: SourceSettings): Promise<void> {
  const { verdict, steps } = await check(candidate);
  expect(verdict).toBe("fail");
  expect(steps.at(-1)).toMatchObject({ slot: "source", verdict: "fail", tookMs: 0 });
  expect({ arrived, tried }).toEqual({ arrived: 0, tried: 0 });
}

it("has the listener in reach: a host that is listed is connected to, at the address that its name led to", async () => {
  resolve.mockClear();
  const { steps } = await check({ target: `redis://here.test:${P}/0` });
  expect(arrived).toBeGreaterThan(0);
  expect(tried).toBeGreaterThanOrEqual(arrived);
  expect(resolve).toHaveBeenCalledTimes(1);
  expect(steps.find(({ stage }) => stage === "reach")).toMatchObject({ verdict: "pass", message: "It answers" });
  expect(steps.find(({ stage }) => stage === "auth")).toMatchObject({
    verdict: "fail",
    message: "It does not take the credentials, or is no store of this kind",
  });
  expect(JSON.stringify(steps)).not.toContain("127.0.0.1");
});

describe("a host that is not listed is neither resolved nor connected to", () => {
  it.each(hosts)("redis://%s", async (host) => {
    resolve.mockClear();
    await expectRefused({ target: `redis://${host}/0` });
    expect(resolve).not.toHaveBeenCalled();
  });

  it("there are more than eighty", () => expect(hosts.length).toBeGreaterThan(80));
});

describe("a listed name that leads to a forbidden address is not connected to", () => {
  it.each(Object.keys(listedNames))("%s", (name) => expectRefused({ target: `redis://${name}:6379/0` }));
  it.each(["2130706433", "0x7f.1"])("%s, which is a number", (name) =>
    expectRefused({ target: `redis://${name}:6379/0` }),
  );
});

describe("what is no listed place otherwise", () => {
  it.each([
    ["a socket file", "unix:{folder}/store.sock"],
    ["a socket file as a database", "sqlite:{folder}/store.sock"],
    ["a socket file as a folder", "{folder}/store.sock"],
    ["a socket file in an address", "redis+unix://{folder}/store.sock"],
    ["a device", "sqlite:/dev/stdin"],
    ["the process itself", "sqlite:/proc/self/environ"],
    ["a folder elsewhere", "/etc"],
    ["a database elsewhere", "sqlite:{outside}/secret.sqlite"],
    ["a way up", "sqlite:./../../../../etc/passwd"],
    ["a way out by a link", "sqlite:./way-out/secret.sqlite"],
    ["parameters of a file address", "sqlite:file:./x.sqlite?vfs=unix&mode=rw"],
    ["a file address of another host", "file://169.254.169.254/share"],
    ["a web address", `http://127.0.0.1:${P}/`],
    ["another database", `postgres://127.0.0.1:${P}/`],
    ["an address with parameters", "redis://store.test:6379/0?host=127.0.0.1"],
    ["a bucket where Google is not listed", "gs://lab-bucket"],
    ["a database of Google where it is not listed", "firestore://my-project"],
    ["a good part beside a bad one", `redis://store.test:6379/0+redis://127.0.0.1:${P}/0`],
    ["a host that a project's own config names", "./lab"],
  ])("%s", (_what, target) => {
    const filled = target.replaceAll("{folder}", folder).replaceAll("{outside}", outside);
    return expectRefused({ target: filled });
  });

  it.each<[string, Partial<SourceSettings>]>([
    ["a variable in the address", { target: "redis://${env:SECRET}.store.test:6379/0" }],
    ["a variable in the label", { label: "${env:SECRET}" }],
    ["a variable in the user's name", { redis: { username: "${env:SECRET}" } }],
    ["a variable of ours", { redis: { password: "${env:TRIALDECK_TOKEN}" } }],
    ["a variable within a password", { redis: { password: "x${env:SECRET}" } }],
    ["a variable that is not set", { redis: { password: "${env:NOWHERE}" } }],
    ["a secret elsewhere", { redis: { password: "file:/etc/passwd" } }],
    ["a secret by a link", { redis: { password: "file:./way-out/secret.sqlite" } }],
    ["an authority elsewhere", { redis: { caFile: "/etc/hosts" } }],
    ["a key elsewhere", { google: { keyFile: "./way-out/key.json" } }],
    ["a key that may name programs", { google: { keyFile: "./program.json" } }],
  ])("%s", (_what, settings) => expectRefused({ target: "redis://store.test:6379/0", ...settings }));
});
