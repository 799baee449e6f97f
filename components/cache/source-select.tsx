import type { Source } from "../../lib/domain/source.ts";
import { Select } from "../ui/input.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

interface SourceSelectProps {
  sources: readonly Source[];
  /** `null`: all of them. */
  value: string | null;
  onChange(changes: { source: string }): void;
}

/** One source or all; nothing where there is but one. */
export function SourceSelect({ sources, value, onChange }: SourceSelectProps) {
  if (sources.length < 2) return null;
  return (
    <Select
      aria-label="Source"
      className="max-w-52"
      value={value ?? ""}
      onChange={({ target }) => onChange({ source: target.value })}
    >
      <option value="">all sources</option>
      {sources.map(({ id, label }) => (
        <option key={id} value={id}>
          {escapeInvisible(label)}
        </option>
      ))}
    </Select>
  );
}
