import type { DownstreamReach, PlanIntent } from "../../lib/domain/plan.ts";

/** What someone wants, and how far it is to go where that was said. */
export interface PlanChoice {
  intent: PlanIntent;
  downstream?: DownstreamReach;
  payloads?: boolean;
}
