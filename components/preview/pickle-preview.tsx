import type { Preview } from "../../lib/domain/preview.ts";
import { formatCount, formatPlural } from "../ui/format.ts";
import { NameText } from "../ui/names.tsx";
import { Badge, type Tone } from "../ui/status-mark.tsx";
import { Problem } from "./messages.tsx";
import { StructureTree } from "./structure-tree.tsx";

type Pickle = Extract<Preview, { kind: "pickle" }>;

const verdictTones: Record<Pickle["imports"][number]["verdict"], Tone> = {
  expected: "green",
  unknown: "amber",
  dangerous: "red",
};

/** A pickle read as data, never run: what it would import, what it holds, what it refers to. */
export function PicklePreview({ preview }: { preview: Pickle }) {
  const dangerous = preview.imports.filter(({ verdict }) => verdict === "dangerous");
  return (
    <>
      <p className="m-0 text-label text-quiet">
        Pickle, protocol {preview.protocol}
        {preview.compression && `, compressed (${preview.compression})`}: {formatPlural(preview.opcodes, "instruction")}{" "}
        read as data; nothing was run.
      </p>
      {dangerous.length > 0 && (
        <p role="alert" className="m-0 text-red">
          Loading this file in Python would reach {dangerous.map(({ module, name }) => `${module}.${name}`).join(", ")}.
        </p>
      )}
      {preview.problem && <Problem>{preview.problem}</Problem>}
      <StructureTree root={preview.root} />
      {preview.imports.length > 0 && <Imports imports={preview.imports} />}
      {preview.references.length > 0 && (
        <section aria-label="References">
          <h3 className="m-0 mb-1 text-label font-medium text-quiet">Parts kept in files of their own</h3>
          <ul className="m-0 list-none p-0 font-mono text-label">
            {preview.references.map(({ uri, kind, keyPath }) => (
              <li key={uri} className="flex min-w-0 gap-2">
                <span className="shrink-0 text-quiet">
                  {kind} {keyPath ?? ""}
                </span>
                <NameText name={uri} tail={40} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Imports({ imports }: { imports: Pickle["imports"] }) {
  return (
    <section aria-label="Imports" className="overflow-x-auto">
      <h3 className="m-0 mb-1 text-label font-medium text-quiet">Names that loading it in Python would import</h3>
      <table className="w-full text-label">
        <thead>
          <tr className="text-left text-quiet">
            <th className="py-1 pr-4 font-medium">Name</th>
            <th className="py-1 pr-4 font-medium">Verdict</th>
            <th className="py-1 pr-4 font-medium">Why</th>
            <th className="py-1 text-right font-medium">Times</th>
          </tr>
        </thead>
        <tbody>
          {imports.map(({ module, name, verdict, reason, count }) => (
            <tr key={`${module} ${name}`} className="border-t border-line">
              <td className="py-1 pr-4 font-mono">
                <NameText name={`${module}.${name}`} />
              </td>
              <td className="py-1 pr-4">
                <Badge tone={verdictTones[verdict]}>{verdict}</Badge>
              </td>
              <td className="py-1 pr-4 text-quiet">{reason}</td>
              <td className="py-1 text-right">{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
