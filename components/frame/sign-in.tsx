"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { sessionKey, sessionQueries } from "../../lib/queries/session-queries.ts";
import { Button } from "../ui/button.tsx";
import { Input } from "../ui/input.tsx";
import { InlineError } from "../ui/states.tsx";
import { useTrail } from "../ui/trail.ts";
import { useUrlState } from "../ui/url-state.ts";

/** What a sign-in elsewhere came back with. */
const problems: Record<string, { message: string; remedy: string } | undefined> = {
  "no-role": {
    message: "You are signed in at the provider and have no role here.",
    remedy: "Ask who keeps the settings file to grant one to you or to a group of yours.",
  },
  failed: { message: "Signing in did not come to its end.", remedy: "Begin it again, in this browser." },
  unavailable: { message: "The sign-in provider does not answer.", remedy: "Try again in a while." },
};

/** Shown when the server does not know this browser: how to get in. */
export function SignIn() {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const signIn = useMutation({
    ...sessionQueries.signIn(),
    onSuccess: () => {
      client.setQueryData(sessionKey, "signed-in");
      return client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
    },
  });
  const elsewhere = useQuery(sessionQueries.elsewhere()).data;
  const problem = problems[useUrlState().get("sign-in") ?? ""];
  useTrail([{ label: "Sign in" }]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim()) signIn.mutate(token.trim());
  };
  return (
    <div className="mx-auto flex max-w-lg flex-col gap-4 px-4 pt-[12vh] pb-8">
      <h1 className="text-title font-semibold">This browser is not signed in</h1>
      {problem && <InlineError error={problem} />}
      {elsewhere && (
        <p>
          <Button look="primary" onClick={() => window.location.assign(elsewhere)}>
            Sign in with your organisation
          </Button>
        </p>
      )}
      <p>
        Open the address that <code className="font-mono text-label">npm start</code> printed in its terminal. It signs
        this browser in once; for a fresh address, start Trialdeck again.
      </p>
      <form onSubmit={submit} className="flex flex-col gap-2 border-t border-line pt-4">
        <label htmlFor="token" className="font-medium">
          Or paste the token that you were given (or <code className="font-mono text-label">TRIALDECK_TOKEN</code>)
        </label>
        <p id="where-token" className="text-label text-quiet">
          Of a server of your own without one it is the file <code className="font-mono">token</code> in the state
          folder, by default <code className="font-mono">~/.local/state/trialdeck</code>.
        </p>
        <div className="flex gap-2">
          <Input
            id="token"
            aria-describedby="where-token"
            type="password"
            className="flex-1"
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
          <Button type="submit" look="primary" disabled={signIn.isPending || token.trim() === ""}>
            Sign in
          </Button>
        </div>
        {signIn.error && <InlineError error={signIn.error} />}
      </form>
    </div>
  );
}
