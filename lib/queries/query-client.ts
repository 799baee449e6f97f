import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ClientError } from "../wire/client.ts";
import { elsewhereKey, sessionKey } from "./session-queries.ts";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ClientError;
    /** `held`: live events do not refetch this by themselves; its view decides when rows may move. `address`: what is asked, for asking it ahead. */
    queryMeta: { live?: "held"; address?: string };
  }
}

const passing: ReadonlySet<string> = new Set(["network", "source_unavailable", "source_timeout", "too_many"]);

/** The browser's cache of answers. Live events keep it fresh; a failure that may pass is tried twice again, any other is shown at once. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error.code !== "unauthenticated") return;
        client.setQueryData(elsewhereKey, typeof error.details?.signIn === "string" ? error.details.signIn : null);
        client.setQueryData(sessionKey, "signed-out");
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && error instanceof ClientError && passing.has(error.code),
      },
    },
  });
  return client;
}
