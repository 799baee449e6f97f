import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { isEngineWanted } from "../../contracts/testing/engines.ts";
import { type FaultProxy, type HttpFault, startFaultProxy } from "../../contracts/testing/http-fault-proxy.ts";
import { buildMillis, type ObjectStore, startObjectStore } from "../../contracts/testing/object-store.ts";
import { type StrictObjectStore, startStrictObjectStore } from "../../contracts/testing/strict-object-store.ts";
import { openChangedBucket } from "./testing/changed-bucket.ts";

const trash = ".trialdeck-trash";

describe.skipIf(!isEngineWanted("gcs"))("changes of gcs with faults", () => {
  let store: ObjectStore;
  let strict: StrictObjectStore;
  let soft: StrictObjectStore;
  let proxy: FaultProxy;
  let softProxy: FaultProxy;
  beforeAll(async () => {
    store = await startObjectStore();
    strict = await startStrictObjectStore(store.url);
    soft = await startStrictObjectStore(store.url, { softDeleteSeconds: 7 * 86_400 });
    proxy = await startFaultProxy(strict.url);
    softProxy = await startFaultProxy(soft.url);
  }, buildMillis);
  afterEach(() => {
    proxy.heal();
    softProxy.heal();
  });
  afterAll(async () => {
    await softProxy?.stop();
    await proxy?.stop();
    await soft?.stop();
    await strict?.stop();
    await store?.stop();
  });

  /** An object that is there, and one that is set aside. */
  async function openBehindProxy(through = proxy, timeoutMs = 10_000) {
    const opened = await openChangedBucket({ store, past: strict.url, through: through.url }, { timeoutMs });
    await opened.past.put("team/aside", "aside");
    await opened.past.put("team/there", "there");
    await opened.changes.setAside(await opened.requestsFor("aside"), opened.keep);
    const [request] = await opened.requestsFor("there");
    if (!request) throw new Error("no request");
    const setAside = async (fault: HttpFault, matching: RegExp) => {
      const [answer] = await opened.changes.setAside([request], async () =>
        through.inject(fault, { matching, times: 1 }),
      );
      return answer;
    };
    const again = () => opened.changes.setAside([request], opened.keep);
    return { ...opened, request, setAside, again };
  }

  it.each<[number, string, "changed" | "failed" | "unknown", string]>([
    [412, "conditionNotMet", "changed", ""],
    [403, "no access", "failed", "forbidden"],
    [429, "rateLimitExceeded", "failed", "too_many"],
    [401, "Invalid Credentials", "failed", "forbidden"],
    [500, "backendError", "unknown", "source_unavailable"],
    [503, "backendError", "unknown", "source_unavailable"],
    [504, "deadline", "unknown", "source_timeout"],
  ])("says what an answer %i (%s) to a removal means", async (status, message, outcome, code) => {
    const { past, setAside, again } = await openBehindProxy();
    const answer = await setAside({ kind: "status", status, message }, /^DELETE .*there/);
    expect(answer).toMatchObject({ outcome, ...(code && { failure: { code, remedy: expect.any(String) } }) });
    expect(await past.read("team/there")).toBe("there");
    expect(await past.names()).toContain("team/there");
    // A copy waits only for what may have been done.
    expect((await past.names()).includes(`team/${trash}/of-there`)).toBe(outcome === "unknown");
    expect(await again()).toEqual([{ outcome: "set-aside" }]);
  });

  it("names the right and the role that are lacking", async () => {
    const { changes, kept, setAside } = await openBehindProxy();
    const refusal = { kind: "status", status: 403, message: "Forbidden" } as const;
    expect(await setAside(refusal, /^DELETE/)).toMatchObject({
      outcome: "failed",
      failure: {
        message: expect.stringContaining("it lacks storage.objects.delete"),
        remedy: expect.stringContaining("roles/storage.objectUser"),
      },
    });
    const lacking = { failure: { message: expect.stringContaining("it lacks storage.objects.create") } };
    expect(await setAside(refusal, /rewriteTo/)).toMatchObject({ outcome: "failed", ...lacking });
    proxy.inject(refusal, { matching: /rewriteTo/, times: 1 });
    expect(await changes.putBack(kept)).toMatchObject([{ outcome: "failed", ...lacking }]);
    const restoring = await openBehindProxy(softProxy);
    softProxy.inject(refusal, { matching: /restore/, times: 1 });
    expect(await restoring.changes.putBack(restoring.kept)).toMatchObject([
      {
        outcome: "failed",
        failure: {
          message: expect.stringContaining("it lacks storage.objects.restore"),
          remedy: expect.stringContaining("roles/storage.objectAdmin"),
        },
      },
    ]);
  });

  it("says that a hold keeps the object", async () => {
    const { setAside } = await openBehindProxy();
    const message = "Object 'b/o' is under active Event-Based hold and cannot be deleted.";
    expect(await setAside({ kind: "status", status: 403, message }, /^DELETE/)).toMatchObject({
      outcome: "failed",
      failure: {
        code: "forbidden",
        message: expect.stringContaining("hold"),
        remedy: expect.stringContaining("Release"),
      },
    });
  });

  it("goes on after a removal that never was answered", async () => {
    const { past, setAside, again } = await openBehindProxy(proxy, 1_500);
    expect(await setAside({ kind: "hang" }, /^DELETE/)).toMatchObject({
      outcome: "unknown",
      failure: { code: "source_timeout" },
    });
    proxy.heal();
    expect(await again()).toEqual([{ outcome: "set-aside" }]);
    expect(await past.read("team/there")).toBeNull();
  });

  it("goes on after a removal whose answer was lost, also where something new came", async () => {
    const { past, changes, kept, request, setAside, again } = await openBehindProxy();
    expect(await setAside({ kind: "cut", afterBytes: 0 }, /^DELETE/)).toMatchObject({ outcome: "unknown" });
    expect(await changes.stat(["there"])).toEqual([null]);
    await past.put("team/there", "new");
    expect(await again()).toEqual([{ outcome: "set-aside" }]);
    expect(await past.read("team/there")).toBe("new");
    expect(await past.read(`team/${trash}/${request.receiptId}`)).toBe("there");
    expect(await changes.putBack(kept.slice(-1))).toEqual([{ outcome: "different" }]);
  });

  it("keeps the copy when a removal is carried out while it is asked again", async () => {
    const { past, changes, request, setAside } = await openBehindProxy(proxy, 1_500);
    expect(await setAside({ kind: "hang" }, /^DELETE/)).toMatchObject({ outcome: "unknown" });
    proxy.heal();
    const late = await changes.setAside([request], () => past.remove("team/there"));
    expect(late).toEqual([{ outcome: "set-aside" }]);
    expect(await past.read(`team/${trash}/${request.receiptId}`)).toBe("there");
  });

  it("goes on after a copy whose answer was lost", async () => {
    const { past, setAside, again } = await openBehindProxy();
    const lost = { kind: "cut", afterBytes: 10 } as const;
    expect(await setAside(lost, /rewriteTo/)).toMatchObject({ outcome: "failed" });
    expect(await past.read("team/there")).toBe("there");
    expect(await again()).toEqual([{ outcome: "set-aside" }]);
    expect(await past.read("team/there")).toBeNull();
  });

  it("does not know whether it was put back when the answer is lost, and finds it the same", async () => {
    const { past, changes, kept } = await openBehindProxy();
    proxy.inject({ kind: "cut", afterBytes: 10 }, { matching: /rewriteTo/, times: 1 });
    expect(await changes.putBack(kept)).toMatchObject([{ outcome: "unknown" }]);
    expect(await changes.putBack(kept)).toEqual([{ outcome: "same" }]);
    expect(await past.read("team/aside")).toBe("aside");
  });

  it("sends each change once, with its precondition", async () => {
    const { kept, changes, again } = await openBehindProxy(softProxy);
    const begun = softProxy.requests.length;
    await again();
    await changes.putBack(kept.slice(0, 1));
    const sent = softProxy.requests.slice(begun).filter((line) => !line.startsWith("GET"));
    expect(sent).toEqual([
      expect.stringMatching(/^DELETE .*there\?ifGenerationMatch=\d+&ifMetagenerationMatch=\d+$/),
      expect.stringMatching(/^POST .*aside\/restore\?generation=\d+&ifGenerationMatch=0$/),
    ]);
  });

  it("throws only where the store is out of reach, and then asks for no receipts", async () => {
    const { changes, kept, request } = await openBehindProxy();
    const keep = vi.fn();
    proxy.inject({ kind: "status", status: 503 });
    const unavailable = { code: "source_unavailable", remedy: expect.any(String) };
    await expect(changes.stat(["there"])).rejects.toMatchObject(unavailable);
    await expect(changes.setAside([request], keep)).rejects.toMatchObject(unavailable);
    expect(keep).not.toHaveBeenCalled();
    expect(await changes.putBack(kept)).toMatchObject([{ outcome: "failed", failure: unavailable }]);
    expect(await changes.discard(kept)).toMatchObject([{ outcome: "failed", failure: unavailable }]);
  });

  it("says that nothing was done where nothing could be sent", async () => {
    const gone = await startFaultProxy(strict.url);
    const { changes, kept, request, past } = await openBehindProxy(gone);
    const [answer] = await changes.setAside([request], () => gone.stop());
    expect(answer).toMatchObject({ outcome: "failed", failure: { code: "source_unavailable" } });
    expect(await changes.putBack(kept)).toMatchObject([{ outcome: "failed" }]);
    expect(await past.read("team/there")).toBe("there");
  });
});
