import { expect, test } from "vitest";
import { titleOfArtifact } from "./artifact-name.tsx";

test("a payload of the cache is called by what it is of, a file by its name", () => {
  const name = "cache/steps/a1b2/0f.pkl";
  expect(titleOfArtifact({ name, role: "result", process: "train", step: "fit" })).toBe("train ▸ fit ▸ result");
  expect(titleOfArtifact({ name, role: "model", process: "train", step: null })).toBe("train ▸ model");
  expect(titleOfArtifact({ name, role: "result", process: null, step: null })).toBe("0f.pkl");
  expect(titleOfArtifact({ name: "artifacts/v/loss.png", role: "chart", process: "plot", step: null })).toBe(
    "loss.png",
  );
});
