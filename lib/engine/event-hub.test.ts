import { expect, it } from "vitest";
import type { Viewer } from "../domain/viewer.ts";
import { createEventHub, type LiveEvent } from "./event-hub.ts";

const everything: Viewer = { name: "ann", role: "admin", grants: null };
const scoped: Viewer = {
  name: "bo",
  role: "viewer",
  grants: new Map([["s", { role: "viewer", experiments: ["e"] }]]),
};

function listen(
  hub: ReturnType<typeof createEventHub>,
  lastEventId: number | null = null,
  viewer = everything,
): LiveEvent[] {
  const heard: LiveEvent[] = [];
  hub.subscribe(viewer, lastEventId, (event) => heard.push(event));
  return heard;
}
const run = (id: string) => ({ event: "run" as const, experimentId: "e", id });

it("gives a reconnecting browser what it missed, once", () => {
  const hub = createEventHub(() => 1);
  const heard = listen(hub);
  hub.publish("s", [run("a")]);
  hub.publish("s", [run("b"), run("b")]);
  expect(heard.map(({ data }) => data.id)).toEqual(["a", "b"]);
  expect(listen(hub, heard[0]?.id).map(({ data }) => data.id)).toEqual(["b"]);
  expect(listen(hub, heard[1]?.id)).toEqual([]);
});

it("says reset when what was missed is no longer known", () => {
  const hub = createEventHub(() => 1);
  hub.publish("s", [run("a")]);
  expect(listen(hub, 10 ** 15).map(({ event }) => event)).toEqual(["reset"]);
  for (let index = 0; index < 3_000; index += 1) hub.publish("s", [run(String(index))]);
  expect(listen(hub, 2).map(({ event }) => event)).toEqual(["reset"]);
});

it("names a burst as one event", () => {
  const hub = createEventHub(() => 1);
  const heard = listen(hub);
  hub.publish(
    "s",
    Array.from({ length: 5_000 }, (_, index) => run(String(index))),
  );
  expect(heard.map(({ data }) => data)).toEqual([expect.objectContaining({ source: "s", id: null })]);
});

it("tells nobody of experiments that they may not see", () => {
  const hub = createEventHub(() => 1);
  const heard = listen(hub, null, scoped);
  hub.publish("s", [run("a"), { event: "run", experimentId: "secret", id: "b" }]);
  hub.publishSource("s");
  hub.publishSource("other");
  hub.publishOperation("s", "o", () => false);
  const burst = (experimentId: string) =>
    hub.publish(
      "s",
      Array.from({ length: 200 }, (_, index) => ({ event: "run" as const, experimentId, id: `${index}` })),
    );
  burst("secret");
  expect(heard.map(({ data }) => data.id)).toEqual(["a", "s"]);
  expect(listen(hub, (heard[0]?.id ?? 0) - 1, scoped).map(({ data }) => data.id)).toEqual(["a", "s"]);
});

it("forgets who left", () => {
  const hub = createEventHub(() => 1);
  const leave = hub.subscribe(everything, null, () => expect.unreachable());
  expect(hub.subscribers).toBe(1);
  leave();
  hub.publish("s", [run("a")]);
  expect(hub.subscribers).toBe(0);
});
