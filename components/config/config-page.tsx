"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { settingsQueries } from "../../lib/queries/settings-queries.ts";
import { sourceQueries } from "../../lib/queries/source-queries.ts";
import { Button } from "../ui/button.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { EmptyState, ErrorState, Skeleton } from "../ui/states.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { useTrail } from "../ui/trail.ts";
import { useUrlState } from "../ui/url-state.ts";
import { ChangedSettings } from "./changed-settings.tsx";
import { SourceCheckSection } from "./source-check-section.tsx";

const AccessSection = lazy(() => import("./access-section.tsx").then((module) => ({ default: module.AccessSection })));
const SettingsTable = lazy(() => import("./settings-table.tsx").then((module) => ({ default: module.SettingsTable })));

const SourceDialog = lazy(() =>
  import("./edit/source-dialog.tsx").then((module) => ({ default: module.SourceDialog })),
);

const views = ["sources", "settings", "access"] as const;

/** Whether each source does what it is needed for, how the server is set, and who may use it. */
export function ConfigPage() {
  const { get, change } = useUrlState();
  useTrail([{ label: "Config" }]);
  const view = views.find((one) => one === get("tab")) ?? "sources";
  /** The source in the form; `null`: a new one. */
  const [edited, setEdited] = useState<{ of: string | null } | null>(null);
  const mayEdit = useQuery(settingsQueries.list()).data?.editing ?? false;
  return (
    <div className="flex h-full min-h-0 flex-col [&>[role=tabpanel]]:min-h-0 [&>[role=tabpanel]]:flex-1">
      <PageHeader
        title="Config"
        actions={
          view === "sources" && (
            <>
              {mayEdit && (
                <Button onClick={() => setEdited({ of: null })}>
                  <Plus aria-hidden className="size-4" />
                  Add a source
                </Button>
              )}
              <CheckAll />
            </>
          )
        }
      />
      <ChangedSettings />
      <Tabs
        label="Config"
        className="px-4"
        tabs={[
          { id: "sources", label: "Sources" },
          { id: "settings", label: "Settings" },
          { id: "access", label: "Access" },
        ]}
        value={view}
        onChange={(id) => change({ tab: id === "sources" ? null : id }, "push")}
      >
        {view === "sources" ? (
          <SourceList onEdit={mayEdit ? (of) => setEdited({ of }) : undefined} />
        ) : (
          <Suspense fallback={null}>{view === "settings" ? <SettingsTable /> : <AccessSection />}</Suspense>
        )}
      </Tabs>
      {edited && (
        <Suspense fallback={null}>
          <SourceDialog of={edited.of} onClose={() => setEdited(null)} />
        </Suspense>
      )}
    </div>
  );
}

function CheckAll() {
  const client = useQueryClient();
  const again = () => void client.refetchQueries({ queryKey: [...settingsQueries.all(), "check"] });
  return <Button onClick={again}>Check all again</Button>;
}

function SourceList({ onEdit }: { onEdit: ((source: string) => void) | undefined }) {
  const sources = useQuery(sourceQueries.list());
  if (sources.isPending) return <Skeleton lines={6} className="p-4" />;
  if (!sources.data)
    return <ErrorState error={sources.error} what="the sources" onRetry={() => void sources.refetch()} />;
  if (sources.data.items.length === 0)
    return (
      <EmptyState title="No source is connected">
        Start Trialdeck with a folder or an address, or name sources in trialdeck.config.yaml.
      </EmptyState>
    );
  return (
    <div className="h-full overflow-y-auto">
      {sources.data.items.map((source) => (
        <SourceCheckSection key={source.id} source={source} onEdit={onEdit && (() => onEdit(source.id))} />
      ))}
    </div>
  );
}
