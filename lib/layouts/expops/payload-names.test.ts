import { describe, expect, it } from "vitest";
import { encodeProbePath } from "./names.ts";
import { mediaTypeOf, readPayloadName } from "./payload-names.ts";

const version = "5".repeat(64);
const [input, config, code] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)];
const process = encodeProbePath("//*[@seed='11']/process[@name='fit']");
const step = encodeProbePath("//process[@name='fit']/step[@name='a: b / c']");

describe("readPayloadName", () => {
  it.each([
    [
      `cache/${version}/${process}/steps/stable_process____*[@seed='11']_process[@name='fit']_${input}_${config}_none.pkl`,
      "result",
      "fit[seed=11]",
      null,
      { input, config, function: "none", version },
    ],
    [
      `cache/${version}/${step}/steps/run-1/stable_x_${input}_${config}_${code}.pkl`,
      "result",
      "fit",
      "a: b / c",
      { input, config, function: code, version },
    ],
    [
      `cache/${version}/${process}/payloads/run-1/deep-key/1-2.npz`,
      "array",
      "fit[seed=11]",
      null,
      { version, run: "run-1", member: "deep-key" },
    ],
    [
      `cache/${version}/${process}/model_spill/soft_model.joblib`,
      "model",
      "fit[seed=11]",
      null,
      { version, member: "soft_model" },
    ],
    [`artifacts/${version}/${process}/plots/a b.png`, "chart", "fit[seed=11]", null, { version }],
    [
      `cache/steps/stable_process__train_it_${input}_${config}_${code}.pkl`,
      "result",
      "train_it",
      null,
      { input, config, function: code },
    ],
    [
      `cache/steps/stable_train_it_load_${input}_${config}_${code}.pkl`,
      "result",
      null,
      null,
      { input, config, function: code },
    ],
    ["artifacts/charts/run-1/bars/20261120_234507/bars.png", "chart", "bars", null, { run: "run-1" }],
    ["artifacts/charts/run-1/bars/20261120_234507/stderr.log", "file", "bars", null, { run: "run-1" }],
    ["cache/_tmp_manifests/tmp1.pkl", "file", null, null, {}],
    [`cache/${version}/no-probe-path/steps/x.pkl`, "file", null, null, {}],
    ["cache", "file", null, null, {}],
  ])("%s", (path, role, shownProcess, shownStep, parts) => {
    const { keyParts, ...name } = readPayloadName(path);
    expect(name).toEqual({ role, process: shownProcess, step: shownStep });
    expect(Object.fromEntries(keyParts.map(({ name, value }) => [name, value]))).toEqual(parts);
  });
});

describe("mediaTypeOf", () => {
  it("goes by the extension, in any case, and knows when it does not know", () => {
    expect(["a/b.PNG", "x.npz", "r.pkl", "noextension", "a.b/c"].map(mediaTypeOf)).toEqual([
      "image/png",
      "application/x-npz",
      "application/x-python-pickle",
      "application/octet-stream",
      "application/octet-stream",
    ]);
  });
});
