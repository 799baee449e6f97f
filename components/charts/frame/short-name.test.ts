import { describe, expect, it } from "vitest";
import { shortName } from "./short-name.ts";

describe("shortName", () => {
  it("leaves a short name as it is and keeps both ends of a long one", () => {
    expect(shortName("train_sgd")).toBe("train_sgd");
    expect(shortName(`begin${"x".repeat(65_536)}the-end`, 30)).toBe("beginxxxxxxxxxxxxxxx…xxthe-end");
  });

  it("shows what would act", () => {
    expect(shortName("safe\u202egnp\n")).toBe("safe\\u{202e}gnp\\n");
  });
});
