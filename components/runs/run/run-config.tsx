"use client";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { sourceQueries } from "../../../lib/queries/source-queries.ts";
import { shortName } from "../../charts/frame/short-name.ts";
import { CopyButton } from "../../ui/copy-button.tsx";
import { formatBytes, formatPlain, formatPlural } from "../../ui/format.ts";
import { HashText, NameText } from "../../ui/names.tsx";
import { TextBox } from "../../ui/scroll-box.tsx";
import { escapeInvisible } from "../../ui/visible-text.ts";
import { describeVersion } from "./run-header.tsx";
import type { RunView } from "./run-view.ts";

/** What the run was made of: params, the config and code of its version, environment, tags, and its records as stored. */
export function RunConfig({ view }: { view: RunView }) {
  const { run } = view;
  const source = useQuery(sourceQueries.list()).data?.items.find(({ id }) => id === run.source);
  const hint = source?.hints[0];
  const why = whyNotRecorded(run.version);
  const files = run.code?.files ?? [];
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(20rem,28rem)_minmax(0,1fr)]">
      <div className="flex min-w-0 flex-col gap-6">
        <Part title="Params" note={run.paramsOrigin === "version" ? "from the config of its version" : null}>
          {run.params ? <Pairs pairs={run.params} empty="It has no params." /> : <NotRecorded why={why} hint={hint} />}
        </Part>
        {Object.keys(run.tags).length > 0 && (
          <Part title="Tags">
            <Pairs pairs={run.tags} empty="" />
          </Part>
        )}
        <Part title="Environment">
          {run.environment ? (
            <Pairs pairs={run.environment} empty="Its config says nothing about it." />
          ) : (
            <NotRecorded why={why} hint={hint} />
          )}
        </Part>
      </div>
      <div className="flex min-w-0 flex-col gap-6">
        <Part
          title="Version"
          note={
            run.version && (
              <span className="flex items-center gap-2">
                <HashText hash={run.version.hash} /> {describeVersion(run.version).text}
              </span>
            )
          }
        >
          {run.code?.config ? <FileText {...run.code.config} open /> : <NotRecorded why={why} hint={hint} />}
        </Part>
        {files.length > 0 && (
          <Part title="Code" note={formatPlural(files.length, "file")}>
            <div className="flex flex-col gap-2">
              {files.map((file) => (
                <FileText key={file.path} {...file} />
              ))}
            </div>
          </Part>
        )}
        <Part title="Stored records" note={formatPlural(Object.keys(run.raw).length, "record")}>
          <RawRecords raw={run.raw} />
        </Part>
      </div>
    </div>
  );
}

function Part({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-2 flex flex-wrap items-center gap-x-3 text-head font-semibold">
        {title}
        {note && <span className="text-label font-normal text-quiet">{note}</span>}
      </h2>
      {children}
    </section>
  );
}

function Pairs({ pairs, empty }: { pairs: Record<string, unknown>; empty: string }) {
  const names = Object.keys(pairs);
  if (names.length === 0) return <p className="text-quiet">{empty}</p>;
  return (
    <div className="rounded-md border border-line">
      <table className="w-full table-fixed text-label">
        <tbody>
          {names.map((name) => (
            <tr key={name} className="border-t border-line first:border-t-0 hover:bg-hover">
              <th scope="row" className="px-3 py-1.5 text-left align-top font-normal text-quiet">
                <NameText name={name} tail={12} />
              </th>
              <td className="px-3 py-1.5 text-right align-top break-words tabular-nums" translate="no">
                {escapeInvisible(formatPlain(pairs[name]))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NotRecorded({ why, hint }: { why: string; hint: string | undefined }) {
  return (
    <p className="text-quiet">
      <span className="text-ink">Not recorded.</span> {why} {hint}
    </p>
  );
}

function FileText({
  path,
  text,
  truncated,
  open = false,
}: {
  path: string;
  text: string;
  truncated: boolean;
  open?: boolean;
}) {
  const size = useMemo(() => formatBytes(new TextEncoder().encode(text).length), [text]);
  return (
    <div className="relative">
      <details open={open} className="min-w-0 rounded-md border border-line">
        <summary className="flex items-center gap-2 py-1.5 pr-11 pl-3 text-label">
          <span className="min-w-0 flex-1 font-mono">
            <NameText name={path} tail={16} />
          </span>
          <span className="text-quiet">{truncated ? `first ${size}` : size}</span>
        </summary>
        <TextBox label={path} text={text} className="max-h-[32rem] border-t border-line bg-frame p-3" />
        {truncated && (
          <p className="border-t border-line px-3 py-1.5 text-label text-amber">! Only the beginning is shown.</p>
        )}
      </details>
      <CopyButton text={text} label={`Copy ${shortName(path)}`} className="absolute top-0.5 right-2" />
    </div>
  );
}

function RawRecords({ raw }: { raw: RunView["run"]["raw"] }) {
  const names = Object.keys(raw);
  if (names.length === 0)
    return <p className="text-quiet">The store could not be read just now, or holds no record of this run.</p>;
  return (
    <div className="flex flex-col gap-2">
      {names.map((name) => (
        <FileText key={name} path={name} text={JSON.stringify(raw[name], null, 2) ?? ""} truncated={false} />
      ))}
    </div>
  );
}

function whyNotRecorded(version: RunView["run"]["version"]): string {
  if (!version) return "Nothing that this run wrote names the version of its config and code.";
  return `No files at hand match its version ${version.hash.slice(0, 8)}.`;
}
