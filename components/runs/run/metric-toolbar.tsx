import { useId } from "react";
import type { XChoice } from "../../charts/frame/chart-settings.tsx";
import { shortName } from "../../charts/frame/short-name.ts";
import { SmoothingSlider } from "../../charts/frame/smoothing-slider.tsx";
import { formatCount, formatPlural } from "../../ui/format.ts";
import { Input, Select } from "../../ui/input.tsx";
import type { LinesMode } from "./group-metrics.ts";

interface MetricToolbarProps {
  filter: string;
  mode: LinesMode;
  /** The run has copies of a process, whose lines share a chart unless told otherwise. */
  copies: boolean;
  x: string;
  smoothing: number;
  choices: readonly XChoice[];
  shown: number;
  total: number;
  onChange(changes: Record<string, string | null>): void;
}

/** What holds for all charts of the page: which metrics, which lines together, over what, how smooth. */
export function MetricToolbar({
  filter,
  mode,
  copies,
  x,
  smoothing,
  choices,
  shown,
  total,
  onChange,
}: MetricToolbarProps) {
  const id = useId();
  const lines: [LinesMode, string][] = [
    ...(copies ? [["copies", "Copies of a process together"] as [LinesMode, string]] : []),
    ["name", "Lines of one name together"],
    ["each", "Each by itself"],
  ];
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-label text-quiet">
      <Input
        aria-label="Filter metrics"
        placeholder="Filter metrics"
        value={filter}
        onChange={(event) => onChange({ metric: event.target.value })}
        className="w-56"
      />
      <span role="status">
        {filter ? `${formatCount(shown)} of ${formatPlural(total, "metric")}` : formatPlural(total, "metric")}
      </span>
      <label htmlFor={`${id}-lines`} className="flex items-center gap-2 md:ml-auto">
        Lines
        <Select
          id={`${id}-lines`}
          value={mode === "copies" && !copies ? "each" : mode}
          onChange={({ target: { value } }) =>
            onChange({ lines: value === (copies ? "copies" : "each") ? null : value })
          }
        >
          {lines.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
      </label>
      <label htmlFor={`${id}-x`} className="flex items-center gap-2">
        X axis
        <Select
          id={`${id}-x`}
          value={x}
          // A zoomed part is one of the x that it was chosen on.
          onChange={(event) => onChange({ x: event.target.value === "step" ? null : event.target.value, zoom: null })}
          className="max-w-56"
        >
          {choices.map((choice) => (
            <option key={choice.id} value={choice.id}>
              {shortName(choice.label)}
            </option>
          ))}
        </Select>
      </label>
      <label htmlFor={`${id}-smoothing`} className="flex items-center gap-2">
        Smoothing
        <SmoothingSlider
          id={`${id}-smoothing`}
          value={smoothing}
          onChange={(value) => onChange({ smooth: value === 0 ? null : String(value) })}
        />
      </label>
    </div>
  );
}
