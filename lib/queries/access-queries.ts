import { mutationOptions, queryOptions } from "@tanstack/react-query";
import type { Page } from "../domain/source.ts";
import type { Role } from "../domain/viewer.ts";
import { apiUrl, askApi } from "../wire/client.ts";

/** Who this browser is to the server. */
export interface Me {
  name: string;
  how: "local" | "token" | "proxy" | "oidc";
  role: Role;
  /** `null`: the role holds in every source. */
  grants: { source: string; role: Role; experiments: number | null }[] | null;
}

export interface SignedInBrowser {
  id: string;
  name: string;
  how: Me["how"];
  at: string;
  seenAt: string;
  expiresAt: string;
  own: boolean;
  current: boolean;
}

export const accessQueries = {
  me: () =>
    queryOptions({
      queryKey: ["access", "me"],
      queryFn: ({ signal }) => askApi<Me>(apiUrl(["me"]), { signal }),
    }),
  signIns: () =>
    queryOptions({
      queryKey: ["access", "sign-ins"],
      queryFn: ({ signal }) => askApi<Page<SignedInBrowser>>(apiUrl(["sign-ins"]), { signal }),
    }),
  /** Ends the sign-in of a browser. */
  revoke: () =>
    mutationOptions({
      mutationFn: (id: string) => askApi<unknown>(apiUrl(["sign-ins", id]), { method: "DELETE", body: {} }),
    }),
  signOut: () => mutationOptions({ mutationFn: () => askApi<unknown>(apiUrl(["sign-out"]), { body: {} }) }),
};
