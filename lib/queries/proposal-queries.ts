import { infiniteQueryOptions, mutationOptions, queryOptions } from "@tanstack/react-query";
import type { PlanChange, ProposedPlan, ShownPlan, ShownPlanItem } from "../domain/proposal.ts";
import type { Page } from "../domain/source.ts";
import { apiUrl, askApi } from "../wire/client.ts";
import { operationQueries } from "./operation-queries.ts";

/** A plan by where it stands. */
export interface PlanPlace {
  source: string;
  plan: string;
}

const rowsAtOnce = 500;

function changePlan({ source, plan }: PlanPlace, deed: string, body: object): Promise<ShownPlan> {
  return askApi<ShownPlan>(apiUrl(["sources", source, "cache", "plans", plan, deed]), { body });
}

/** Published plans. What is done to them is told as an operation is, so that they stand below the same key. */
export const proposalQueries = {
  all: () => [...operationQueries.all(), "proposals"] as const,
  list: () =>
    infiniteQueryOptions({
      queryKey: [...proposalQueries.all(), "list"],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<ProposedPlan>>(apiUrl(["cache", "plans"], { cursor: pageParam, limit: 50 }), { signal }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  /** How many can be applied. */
  open: () =>
    queryOptions({
      queryKey: [...proposalQueries.all(), "open"],
      queryFn: ({ signal }) =>
        askApi<Page<ProposedPlan>>(apiUrl(["cache", "plans"], { open: "true", limit: 1 }), { signal }),
    }),
  one: ({ source, plan }: PlanPlace) =>
    queryOptions({
      queryKey: [...proposalQueries.all(), "one", source, plan],
      queryFn: ({ signal }) => askApi<ShownPlan>(apiUrl(["sources", source, "cache", "plans", plan]), { signal }),
    }),
  items: ({ source, plan }: PlanPlace, held: boolean) =>
    infiniteQueryOptions({
      queryKey: [...proposalQueries.all(), "items", source, plan, held],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<ShownPlanItem>>(
          apiUrl(["sources", source, "cache", "plans", plan, "items"], {
            cursor: pageParam,
            limit: rowsAtOnce,
            ...(held && { held: "true" }),
          }),
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  /** How a plan that was made again differs from its proposal; it stays as it was made. */
  changes: ({ source, plan }: PlanPlace) =>
    infiniteQueryOptions({
      queryKey: ["plan-changes", source, plan],
      queryFn: ({ pageParam, signal }) =>
        askApi<Page<PlanChange>>(
          apiUrl(["sources", source, "cache", "plans", plan, "changes"], { cursor: pageParam, limit: 200 }),
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  /** A question although it is posted: asked anew for each dialog. */
  again: (place: PlanPlace) =>
    queryOptions({
      queryKey: ["plan-again", place.source, place.plan],
      queryFn: () => changePlan(place, "again", {}),
      staleTime: 0,
      gcTime: 0,
    }),
  publish: (place: PlanPlace) =>
    mutationOptions({ mutationFn: (said: { days: number; note: string }) => changePlan(place, "publish", said) }),
  hold: (place: PlanPlace) =>
    mutationOptions({
      mutationFn: (said: { items: readonly string[]; reason: string }) => changePlan(place, "hold", said),
    }),
  release: (place: PlanPlace) =>
    mutationOptions({ mutationFn: (items: readonly string[]) => changePlan(place, "release", { items }) }),
  withdraw: (place: PlanPlace) => mutationOptions({ mutationFn: () => changePlan(place, "withdraw", {}) }),
};
