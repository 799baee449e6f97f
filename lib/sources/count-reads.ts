import type { LayoutContext, SlotPlan } from "../contracts/layout.ts";
import type { CountedReads } from "./registry.ts";
import type { SourceConfig } from "./source-config.ts";

type Steps = NonNullable<CountedReads["pastReads"]>["steps"];

/** Lets a driver whose reads are counted go on counting where the one before it ended, also over a restart. */
export async function countReads(
  open: SlotPlan["open"],
  { readsPerHour }: SourceConfig,
  { memo, log }: Pick<LayoutContext, "memo" | "log">,
): Promise<CountedReads> {
  if (open.engine !== "firestore") return {};
  const key = `reads:1:${open.project}/${open.database ?? ""}`;
  const kept = (await memo.get([key])).get(key)?.value as unknown as Steps | undefined;
  return {
    ...(readsPerHour !== null && { readsPerHour }),
    pastReads: {
      steps: kept ?? [],
      keep(steps) {
        const value = steps.map(({ at, reads }) => ({ at, reads }));
        memo
          .set([{ key, token: "", value }])
          .catch(() => log("warn", "The count of documents read could not be kept."));
      },
    },
  };
}
