import { describe, expect, test } from "vitest";
import {
  decodeProbePath,
  displayProcess,
  encodeProbePath,
  probePathOf,
  projectOfRunName,
  splitProbePath,
  startOfRunName,
} from "./names.ts";

describe("displayProcess", () => {
  test.each([
    ["//process[@name='train_sgd']", "train_sgd"],
    ["//*[@seed='41']/process[@name='train_sgd']", "train_sgd[seed=41]"],
    ["//*[@partition='p1']/*[@seed='41']/process[@name='x']", "x[partition=p1,seed=41]"],
    ["//process[@name='fit: stage a/b']", "fit: stage a/b"],
    ["//process[@name='données 训练']", "données 训练"],
    ["//process[@name='it's']", "it's"],
    ["train", "train"],
    ["//strange", "//strange"],
  ])("%s is shown as %s", (stored, shown) => {
    expect(displayProcess(stored)).toBe(shown);
  });

  test("a hostile name takes no exponential time", () => {
    expect(displayProcess(`//${"[@k='']".repeat(5_000)}`)).toContain("[@k='']");
  });
});

describe("probe paths", () => {
  test("are encoded as the folder and key names hold them", () => {
    expect(encodeProbePath("//process[@name='evaluate']")).toBe("p_Ly9wcm9jZXNzW0BuYW1lPSdldmFsdWF0ZSdd");
    expect(decodeProbePath("p_cHJlcGFyZS9sb2FkX3Jvd3M")).toBe("prepare/load_rows");
    expect(decodeProbePath("p_*")).toBeNull();
    expect(decodeProbePath("steps")).toBeNull();
  });

  test.each([
    ["//process[@name='a']", "//process[@name='a']", null],
    ["//process[@name='a']/step[@name='mix: rows / all']", "//process[@name='a']", "mix: rows / all"],
    ["//*[@seed='11']/process[@name='fit']/step[@name='fit_one']", "//*[@seed='11']/process[@name='fit']", "fit_one"],
  ])("%s", (path, process, step) => {
    expect(splitProbePath(path)).toEqual({ process, step });
    expect(probePathOf(process, step)).toBe(path);
  });

  test("up to 0.1.9 the run's processes say where a name ends, not the first slash", () => {
    expect(splitProbePath("a/b/c", ["a/b", "a"])).toEqual({ process: "a/b", step: "c" });
    expect(splitProbePath("a/b", ["a/b"])).toEqual({ process: "a/b", step: null });
    expect(splitProbePath("a/b/c")).toEqual({ process: "a", step: "b/c" });
  });
});

test("a run's name tells its project and its start in UTC", () => {
  expect(startOfRunName("project-wine-lab-20261120233253-e4cc72ac")).toBe(Date.UTC(2026, 10, 20, 23, 32, 53));
  expect(projectOfRunName("project-wine-lab-20261120233253-e4cc72ac")).toBe("wine-lab");
  expect(startOfRunName("by hand")).toBeNull();
  expect(projectOfRunName("by hand")).toBeNull();
});
