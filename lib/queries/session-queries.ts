import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { apiUrl, askApi } from "../wire/client.ts";

export const sessionKey = ["session"] as const;
export const elsewhereKey = ["session", "elsewhere"] as const;

export const sessionQueries = {
  /** Whether the server knows this browser. Nothing is asked: a request that is refused says so (`createQueryClient`). */
  state: () =>
    queryOptions({
      queryKey: sessionKey,
      queryFn: () => Promise.resolve(signedIn),
      initialData: signedIn,
      staleTime: Infinity,
    }),
  /** The address that signs in elsewhere, once a refusal has named one. */
  elsewhere: () =>
    queryOptions<string | null>({
      queryKey: elsewhereKey,
      queryFn: () => null,
      initialData: null,
      staleTime: Infinity,
    }),
  /** Signs in with a token. */
  signIn: () =>
    mutationOptions({
      mutationFn: (token: string) =>
        askApi<unknown>(apiUrl(["sign-in"]), { method: "POST", headers: { authorization: `Bearer ${token}` } }),
    }),
};
const signedIn: "signed-in" | "signed-out" = "signed-in" as "signed-in" | "signed-out";
