import { useCallback, useMemo } from "react";
import { useUrlState } from "../../ui/url-state.ts";

export interface WhySubject {
  process: string;
  step: string | null;
}

/** The process or step whose explanation is open; it stands in the address, so that it can be shared. */
export function useWhy(): { subject: WhySubject | null; ask(subject: WhySubject | null): void } {
  const { get, change } = useUrlState();
  const [process, step] = [get("why"), get("whyStep")];
  const subject = useMemo(() => (process === null ? null : { process, step }), [process, step]);
  const ask = useCallback(
    (asked: WhySubject | null) => change({ why: asked?.process ?? null, whyStep: asked?.step ?? null }, "push"),
    [change],
  );
  return { subject, ask };
}
