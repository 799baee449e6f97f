import { mutationOptions, queryOptions } from "@tanstack/react-query";
import { apiUrl, askApi } from "../wire/client.ts";

export const sessionKey = ["session"] as const;

export const sessionQueries = {
  /** Whether the server knows this browser. Nothing is asked: a request that is refused says so (`createQueryClient`). */
  state: () =>
    queryOptions({
      queryKey: sessionKey,
      queryFn: () => Promise.resolve(signedIn),
      initialData: signedIn,
      staleTime: Infinity,
    }),
  /** Signs in with the token that the server was started with. */
  signIn: () =>
    mutationOptions({
      mutationFn: (token: string) =>
        askApi<unknown>(apiUrl(["sign-in"]), { method: "POST", headers: { authorization: `Bearer ${token}` } }),
    }),
};
const signedIn: "signed-in" | "signed-out" = "signed-in" as "signed-in" | "signed-out";
