import { describe, expect, it } from "vitest";
import { parseRedisPlace } from "./redis-place.ts";

describe("parseRedisPlace", () => {
  it("reads every part, and keeps credentials out of the location", () => {
    expect(parseRedisPlace({ url: "rediss://us%40er:p%2Fw@cache.example.org:6380/4" })).toEqual({
      host: "cache.example.org",
      port: 6380,
      db: 4,
      username: "us@er",
      password: "p/w",
      tls: {},
      location: "rediss://cache.example.org:6380/4",
    });
  });

  it.each([
    ["redis://localhost", { host: "localhost", port: 6379, db: 0, location: "redis://localhost:6379/0" }],
    ["redis://:pw@h/1", { username: undefined, password: "pw", db: 1 }],
    ["redis://[::1]:7000/2", { host: "::1", location: "redis://[::1]:7000/2" }],
    ["redis://h?db=5", { db: 5 }],
  ])("reads %s", (url, expected) => {
    expect(parseRedisPlace({ url })).toMatchObject(expected);
  });

  it("lets options win over the address", () => {
    const place = parseRedisPlace({ url: "redis://a:b@h/1", username: "c", password: "d", db: 2, tls: { ca: "PEM" } });
    expect(place).toMatchObject({
      username: "c",
      password: "d",
      db: 2,
      tls: { ca: "PEM" },
      location: "rediss://h:6379/2",
    });
  });

  it.each(["", "h:6379", "http://h", "redis://", "redis://h/x", "redis://h/1/2", "redis://u:%zz-secret@h"])(
    "refuses %j without repeating it",
    (url) => {
      const refused = expect.objectContaining({ code: "bad_request", message: expect.not.stringContaining("secret") });
      expect(() => parseRedisPlace({ url })).toThrow(refused);
    },
  );
});
