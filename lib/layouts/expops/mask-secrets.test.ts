import { describe, expect, it } from "vitest";
import { isSecretName, maskSecrets } from "./mask-secrets.ts";

describe("maskSecrets", () => {
  it("hides the value of a secret and keeps the rest, comments included", () => {
    const text = "cache: # where\n  backend: {type: redis, password: 's3cret, really', db: 1}\n  api_key: abc # mine\n";
    expect(maskSecrets(text)).toBe(
      'cache: # where\n  backend: {type: redis, password: "••••••", db: 1}\n  api_key: "••••••" # mine\n',
    );
  });

  it("hides a value of several lines", () => {
    expect(maskSecrets("private_key: |\n  line one\n  line two\nname: x\n")).toBe('private_key: "••••••"\nname: x\n');
  });

  it("works line by line when the text is no YAML", () => {
    expect(maskSecrets("a: [\n  password: hunter2\nb: }\n")).toBe('a: [\n  password: "••••••"\nb: }\n');
  });
});

describe("isSecretName", () => {
  it("leaves ordinary params alone", () => {
    expect(["max_tokens", "pad_token", "key", "alpha", "passes"].filter(isSecretName)).toEqual([]);
    expect(
      ["password", "redis_password", "API_KEY", "client_secret", "auth_token", "token"].filter(isSecretName),
    ).toHaveLength(6);
  });
});
