"use client";
import { useQuery } from "@tanstack/react-query";
import { FilePenLine } from "lucide-react";
import type { SettingsDifference } from "../../lib/domain/settings.ts";
import { settingsQueries } from "../../lib/queries/settings-queries.ts";
import { NameText } from "../ui/names.tsx";
import { RelativeTime } from "../ui/values.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

const words = { added: "Adds", removed: "Removes", changed: "Changes" } as const;

/** That the settings file is another than the one of the start: what that would change, and how to apply it. */
export function ChangedSettings() {
  const { data } = useQuery(settingsQueries.list());
  const change = data?.changed;
  if (!change) return null;
  const { at, path, differences, error } = change;
  return (
    <section aria-label="The settings file has changed" className="border-b border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <FilePenLine aria-hidden className="size-4 shrink-0 text-amber" />
        <h2 className="text-head font-semibold">
          {error ? "The settings file is broken" : "The settings file has changed"}
        </h2>
        <p className="min-w-0 text-label text-quiet">
          <RelativeTime at={at} /> · <NameText name={path} tail={24} />
        </p>
      </div>
      {error ? (
        <>
          <p className="mt-1 break-words">{escapeInvisible(error.message)}</p>
          {error.remedy && <p className="text-label text-quiet">{error.remedy}</p>}
          <p className="mt-1 text-label">The settings of the start go on.</p>
        </>
      ) : (
        <>
          <ul className="mt-1">
            {differences.map((difference) => (
              <li key={`${difference.kind} ${difference.source}`}>{describe(difference)}</li>
            ))}
            {differences.length === 0 && <li>It says the same as before.</li>}
          </ul>
          {differences.length > 0 && (
            <p className="mt-1 text-label text-quiet">
              Nothing of it counts yet. Stop Trialdeck (Ctrl-C in its terminal) and start it again to apply it.
            </p>
          )}
        </>
      )}
    </section>
  );
}

function describe({ kind, source, what }: SettingsDifference): string {
  const which = source === null ? "the server" : `the source ${escapeInvisible(source)}`;
  return `${words[kind]} ${which}${what.length > 0 ? `: ${what.join(", ")}` : ""}`;
}
