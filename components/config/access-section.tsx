"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { accessQueries, type Me, type SignedInBrowser } from "../../lib/queries/access-queries.ts";
import { sessionKey } from "../../lib/queries/session-queries.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { Button } from "../ui/button.tsx";
import { formatPlural } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { ErrorState, InlineError, Skeleton } from "../ui/states.tsx";
import type { TableColumn } from "../ui/table/column.ts";
import { VirtualTable } from "../ui/table/virtual-table.tsx";
import { RelativeTime } from "../ui/values.tsx";

const ways: Record<Me["how"], string> = {
  local: "the token of this server",
  token: "a token of your own",
  proxy: "the proxy in front of this server",
  oidc: "your sign-in provider",
};
const duties: Record<Me["role"], string> = {
  viewer: "You may look.",
  operator: "You may look, plan and apply changes of a cache, put back, pin, publish and hold back.",
  admin: "You may do everything: also empty the trash, confirm buckets and end the sign-ins of others.",
};

/** Who this browser is, what that allows, and which browsers are signed in. */
export function AccessSection() {
  const me = useQuery(accessQueries.me());
  const signIns = useQuery(accessQueries.signIns());
  if (me.isPending || signIns.isPending) return <Skeleton lines={6} className="p-4" />;
  if (!me.data) return <ErrorState error={me.error} what="who you are" onRetry={() => void me.refetch()} />;
  if (!signIns.data)
    return <ErrorState error={signIns.error} what="the sign-ins" onRetry={() => void signIns.refetch()} />;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <WhoAmI me={me.data} />
      <h2 className="px-4 pb-2 font-medium">Signed-in browsers</h2>
      {signIns.data.items.length === 0 ? (
        <p className="px-4 text-quiet">None: you are known without a sign-in of this server.</p>
      ) : (
        <SignInTable items={signIns.data.items} />
      )}
    </div>
  );
}

function WhoAmI({ me }: { me: Me }) {
  const client = useQueryClient();
  const signOut = useMutation({
    ...accessQueries.signOut(),
    onSuccess: () => client.setQueryData(sessionKey, "signed-out"),
  });
  return (
    <section aria-label="Who you are" className="flex flex-col gap-2 p-4">
      <p>
        You are <NameText name={me.name} className="font-medium" />, known by {ways[me.how]}, with the role{" "}
        <strong className="font-medium">{me.role}</strong>
        {me.grants === null && " in every source"}.
      </p>
      {me.grants === null ? <p className="text-quiet">{duties[me.role]}</p> : <Grants grants={me.grants} />}
      {me.how !== "proxy" && (
        <div>
          <Button onClick={() => signOut.mutate()} disabled={signOut.isPending}>
            Sign out
          </Button>
        </div>
      )}
      {signOut.error && <InlineError error={signOut.error} />}
    </section>
  );
}

function Grants({ grants }: { grants: NonNullable<Me["grants"]> }) {
  const sources = useQuery(sourceQueries.list());
  const labels = new Map(sources.data?.items.map(({ id, label }) => [id, label]));
  if (grants.length === 0) return <p className="text-quiet">No source is open to you: ask who runs this server.</p>;
  return (
    <ul className="flex flex-col gap-1">
      {grants.map(({ source, role, experiments }) => (
        <li key={source} className="text-quiet">
          <NameText name={labels.get(source) ?? source} className="text-ink" />: {role}
          {experiments !== null && `, of ${formatPlural(experiments, "project")} only`}. {duties[role]}
        </li>
      ))}
    </ul>
  );
}

function SignInTable({ items }: { items: readonly SignedInBrowser[] }) {
  const client = useQueryClient();
  const revoke = useMutation({
    ...accessQueries.revoke(),
    onSuccess: (_, id) =>
      items.find((one) => one.id === id)?.current
        ? client.setQueryData(sessionKey, "signed-out")
        : client.invalidateQueries({ queryKey: accessQueries.signIns().queryKey }),
  });
  const { mutate, isPending } = revoke;
  const columns = useMemo(() => makeColumns(mutate, isPending), [mutate, isPending]);
  return (
    <>
      {revoke.error && <InlineError error={revoke.error} />}
      <VirtualTable<SignedInBrowser>
        className="min-h-0 flex-1"
        label="Signed-in browsers"
        columns={columns}
        rows={items}
        sort={null}
        rowKey={({ id }) => id}
        rowLabel={({ name, at }) => `${name}, signed in ${at}`}
        total={items.length}
      />
    </>
  );
}

function makeColumns(revoke: (id: string) => void, isPending: boolean): TableColumn<SignedInBrowser>[] {
  return [
    { id: "name", title: "Who", width: 180, grow: true, cell: ({ name }) => <NameText name={name} tail={8} /> },
    {
      id: "revoke",
      title: "End it",
      width: 90,
      cell: ({ id, name }) => (
        <Button look="quiet" aria-label={`End the sign-in of ${name}`} disabled={isPending} onClick={() => revoke(id)}>
          End
        </Button>
      ),
    },
    { id: "how", title: "By", width: 110, cell: ({ how }) => how },
    { id: "at", title: "Since", width: 110, cell: ({ at }) => <RelativeTime at={at} /> },
    { id: "seen", title: "Last seen", width: 110, cell: ({ seenAt }) => <RelativeTime at={seenAt} /> },
    { id: "ends", title: "Ends", width: 110, cell: ({ expiresAt }) => <RelativeTime at={expiresAt} /> },
    { id: "current", title: "Browser", width: 110, cell: ({ current }) => (current ? "this one" : "another") },
  ];
}
