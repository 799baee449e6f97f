import { expect, it } from "vitest";
import { parseSettings } from "../settings/parse-settings.ts";
import type { Variables } from "../settings/references.ts";
import { describeSources } from "./describe-sources.ts";
import { configureSources } from "./source-config.ts";

const path = "/srv/lab/trialdeck.config.yaml";

function describeFile(text: string, variables: Variables = {}) {
  const file = parseSettings(text, path, variables);
  const configs = configureSources(file.sources, "/srv/lab");
  return describeSources({ configs, why: "", origin: "file", from: path, file });
}

it("tells of a password only that it is set, and whence", () => {
  const settings = describeFile("sources: [{target: 'redis://reader@h:1/0', redis: {password: '${env:PW}'}}]", {
    PW: "canary",
  });
  expect(settings.find(({ name }) => name === "Redis password")).toMatchObject({
    value: { set: true },
    origin: "environment",
    from: "PW",
  });
  expect(JSON.stringify(settings)).not.toContain("canary");
});

it("warns of a password that stands in the file itself", () => {
  const settings = describeFile("sources: [{target: 'redis://reader:canary@h:1/0'}]");
  expect(settings.find(({ name }) => name === "Redis password")).toMatchObject({
    origin: "file",
    warning: expect.stringContaining("file:PATH"),
  });
  expect(JSON.stringify(settings)).not.toContain("canary");
});

it("signs in with what the settings say where the address says nothing, and encodes it", () => {
  const file = parseSettings(
    "sources: [{target: redis://h:1/0, redis: {username: ada, password: '${env:PW}', caFile: ./ca.pem}}]",
    path,
    { PW: "a/b@c" },
  );
  const [config] = configureSources(file.sources, "/srv/lab");
  expect(config).toMatchObject({
    parts: [{ scheme: "redis", url: "redis://ada:a%2Fb%40c@h:1/0" }],
    tls: { caFile: "/srv/lab/ca.pem" },
  });
});
