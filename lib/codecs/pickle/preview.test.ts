import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { previewSchema, type StructureNode } from "../../domain/preview.ts";
import { sourceOf } from "../byte-source.ts";
import { judgeImport } from "./imports.ts";
import { previewPickle } from "./preview.ts";

const fixture = (name: string) => readFileSync(`e2e/fixtures/codecs/${name}`);
const preview = (bytes: Uint8Array) => previewPickle(sourceOf(bytes), "");
const assemble = (...parts: string[]) => Buffer.from(parts.join(""), "latin1");
const markers = {
  array: "__mlops_payload_ref__",
  model: "__mlops_model_ref__",
  uri: "uri",
  keyPath: "key_path",
  about: "meta",
  bytes: "bytes",
};

/** The node under a path of names. */
function nodeAt(root: StructureNode, ...path: string[]): StructureNode | undefined {
  return path.reduce<StructureNode | undefined>(
    (node, name) => node?.children?.find((child) => child.name === name),
    root,
  );
}
async function rootOf(bytes: Uint8Array): Promise<StructureNode> {
  const answer = await preview(bytes);
  if (answer.kind !== "pickle") throw new Error(answer.kind);
  return answer.root;
}

describe("structure", () => {
  test.each(["plain", "zlib", "gzip"])("a scikit-learn model, %s", async (name) => {
    const answer = await preview(fixture(`model-${name}.joblib`));
    expect(answer).toMatchObject({
      kind: "pickle",
      truncated: false,
      compression: name === "plain" ? null : name,
      root: { type: "Pipeline", text: "sklearn.pipeline.Pipeline · scikit-learn 1.9.1" },
    });
    expect(answer).not.toHaveProperty("problem");
    const root = answer.kind === "pickle" ? answer.root : { type: "" };
    expect(nodeAt(root, "steps", "1", "1", "coef_")).toEqual({
      name: "coef_",
      type: "ndarray",
      text: "float64 (1, 2)",
    });
    expect(nodeAt(root, "steps", "0", "1", "n_samples_seen_")).toMatchObject({ type: "float64", text: "20" });
  });

  test.each([0, 1, 2, 3, 4, 5])("numpy in protocol %i", async (protocol) => {
    const root = await rootOf(fixture(`numpy-${protocol}.pkl`));
    expect(nodeAt(root, "floats")).toMatchObject({ type: "ndarray", text: "float64 (2, 3)" });
    expect(nodeAt(root, "big")).toMatchObject({ text: "int32 (3,)" });
    expect(nodeAt(root, "scalar")).toMatchObject({ type: "float64", text: "0.875" });
  });

  test.each([0, 2, 5])("values in protocol %i", async (protocol) => {
    const root = await rootOf(fixture(`values-${protocol}.pkl`));
    expect(nodeAt(root, "bytes")).toMatchObject({ type: "bytes", text: "2 bytes" });
    expect(nodeAt(root, "ordered")).toMatchObject({
      type: "OrderedDict",
      size: 2,
      children: [{ name: "first", text: "1" }, { name: "second" }],
    });
    expect(nodeAt(root, "floats", "1")).toMatchObject({ type: "float", text: "-0.0" });
    expect(nodeAt(root, "(a, 1)")).toMatchObject({ type: "str" });
  });

  test("a cycle is named", async () => {
    expect(nodeAt(await rootOf(fixture("cyclic.pkl")), "children", "0")).toMatchObject({ type: "cycle" });
  });

  test("shared layers that would unfold to 10^200 nodes stay small", async () => {
    const layers = Array.from(
      { length: 200 },
      (_, at) => `](${`h${String.fromCharCode(at)}`.repeat(10)}eq${String.fromCharCode(at + 1)}`,
    );
    expect(JSON.stringify(await rootOf(assemble("]q\x00", ...layers, "."))).length).toBeLessThan(300_000);
  });
});

describe("imports", () => {
  test.each([
    ["open", "io", "open"],
    ["system", "posix", "system"],
    ["eval", "builtins", "eval"],
  ])("a pickle that would execute: %s", async (name, module, member) => {
    const answer = await preview(fixture(`executes-${name}.pkl`));
    expect(answer).toMatchObject({ imports: [{ module, name: member, verdict: "dangerous", count: 1 }] });
    expect(existsSync("canary")).toBe(false);
  });

  test("a real model has only expected ones", async () => {
    const answer = await preview(fixture("model-plain.joblib"));
    expect(answer.kind === "pickle" && answer.imports.every(({ verdict }) => verdict === "expected")).toBe(true);
  });

  test.each([
    "os.system",
    "posix.popen",
    "nt.system",
    "subprocess.Popen",
    "sys.exit",
    "socket.socket",
    "runpy.run_path",
    "importlib.import_module",
    "ctypes.CDLL",
    "pty.spawn",
    "builtins.exec",
    "builtins.getattr",
    "builtins.__import__",
    "__builtin__.eval",
    "operator.attrgetter",
    "functools.partial",
    "marshal.loads",
    "types.FunctionType",
    "numpy.testing._private.utils.runstring",
    "numpy.f2py.crackfortran.getlincoef",
    "joblib.load",
    "torch.hub.load",
    "pip.main",
    "cloudpickle.cloudpickle._make_function",
    "timeit.timeit",
    "asyncio.unix_events.X",
    "urllib.request.urlopen",
    "shutil.rmtree",
    "code.InteractiveConsole",
    "idlelib.pyshell.ModifiedInterpreter",
    "pickle.loads",
  ])("%s is dangerous", (path) => {
    const at = path.lastIndexOf(".");
    expect(judgeImport(path.slice(0, at), path.slice(at + 1)).verdict).toBe("dangerous");
  });

  test("a name that walks through attributes, or is built, is dangerous", () => {
    expect(judgeImport("sklearn", "utils.os.system").verdict).toBe("dangerous");
    expect(judgeImport("numpy", "ndarray", true).verdict).toBe("dangerous");
  });

  test("names beside the expected ones are unknown", () => {
    for (const [module, name] of [
      ["sklearn.datasets", "fetch_openml"],
      ["my.model", "Net"],
      ["__main__", "Net"],
      ["numpyx", "ndarray"],
      ["osx", "thing"],
    ]) {
      expect(judgeImport(module as string, name as string).verdict).toBe("unknown");
    }
    for (const [module, name] of [
      ["collections", "OrderedDict"],
      ["sklearn.tree._tree", "Tree"],
      ["numpy._core.multiarray", "_reconstruct"],
    ]) {
      expect(judgeImport(module as string, name as string).verdict).toBe("expected");
    }
  });

  test("of a thousand imports some are listed, the dangerous first", async () => {
    const many = Array.from({ length: 1000 }, (_, at) => `cm${at}\nx\n0`);
    const answer = await preview(assemble("]", ...many, "cos\nsystem\n0."));
    const imports = answer.kind === "pickle" ? answer.imports : [];
    expect(imports).toHaveLength(500);
    expect(imports[0]).toMatchObject({ module: "os", verdict: "dangerous" });
  });

  test("a stream of more imports than any data needs is not followed, so that none goes unseen", async () => {
    const many = Array.from({ length: 10_001 }, (_, at) => `cm${at}\nx\n0`);
    expect(await preview(assemble("]", ...many, "cos\nsystem\n0."))).toMatchObject({
      truncated: true,
      problem: expect.stringMatching(/more than 10000 different imports/),
    });
  });
});

describe("bytes that are cut, packed or followed", () => {
  test("what was read before a cut is shown with its place", async () => {
    const answer = await preview(fixture("model-plain.joblib").subarray(0, 700));
    expect(answer).toMatchObject({
      kind: "pickle",
      truncated: true,
      root: { type: "Pipeline" },
      problem: expect.stringMatching(/ends at byte 700/),
    });
  });

  test.each(["bz2", "xz", "lzma"])("%s is named as unsupported", async (name) => {
    expect(await preview(fixture(`model-${name}.joblib`))).toMatchObject({
      kind: "unsupported",
      reason: expect.stringContaining(name),
    });
  });

  test("a packed bomb is unpacked up to the bound", async () => {
    const answer = await preview(gzipSync(Buffer.alloc(100 * 2 ** 20, "]0")));
    expect(answer).toMatchObject({
      kind: "pickle",
      opcodes: 1_000_000,
      problem: expect.stringMatching(/stopped after 1000000 opcodes/),
    });
  });

  test("a cut packed stream shows what it gave", async () => {
    for (const name of ["zlib", "gzip"]) {
      const bytes = fixture(`model-${name}.joblib`);
      for (let length = 12; length < bytes.length; length += 7) {
        expect(await preview(bytes.subarray(0, length))).toMatchObject({ kind: "pickle", problem: expect.any(String) });
      }
    }
  });

  test("bytes behind the end are said", async () => {
    expect(await preview(assemble("K\x01.cos\nsystem\n"))).toMatchObject({
      root: { text: "1" },
      problem: "11 more bytes follow its end at byte 3",
    });
  });
});

test("every result and model of a real project", async () => {
  const folder = "e2e/fixtures/expops";
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(pkl|joblib)$/.test(name),
  );
  expect(names.length).toBeGreaterThan(100);
  for (const name of names) {
    const answer = await previewPickle(sourceOf(readFileSync(join(folder, name))), "", markers);
    expect(answer, name).toMatchObject({ kind: "pickle", truncated: false });
    expect(answer, name).not.toHaveProperty("problem");
    expect(previewSchema.parse(answer)).toEqual(answer);
    if (answer.kind === "pickle") expect(answer.imports.filter(({ verdict }) => verdict === "dangerous")).toEqual([]);
  }
});
