"use client";
import { useId } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Checkbox, Input, Select } from "../../ui/input.tsx";
import type { LineSettings } from "../line/picture.ts";
import type { Domain } from "./axes.ts";
import { shortName } from "./short-name.ts";
import { SmoothingSlider } from "./smoothing-slider.tsx";

export interface XChoice {
  id: string;
  label: string;
}

export interface ChartSettingsProps {
  name: string;
  settings: LineSettings;
  xChoices: readonly XChoice[];
  /** Whole span of x, and the zoomed part; null bounds where x cannot be typed (times). */
  range: Domain | null;
  rangeEditable: boolean;
  onSettings(settings: LineSettings): void;
  onRange(range: Domain | null): void;
  onClose(): void;
}

/** Settings of a line chart. They act at once; nothing is to be confirmed. */
export function ChartSettings({
  name,
  settings,
  xChoices,
  range,
  rangeEditable,
  onSettings,
  onRange,
  onClose,
}: ChartSettingsProps) {
  const id = useId();
  return (
    <Dialog
      title={`Settings of ${shortName(name)}`}
      onClose={onClose}
      size="small"
      footer={<Button onClick={onClose}>Close</Button>}
    >
      <div className="flex flex-col gap-4">
        <label className="flex items-center justify-between gap-3" htmlFor={`${id}-x`}>
          X axis
          <Select
            id={`${id}-x`}
            value={settings.x}
            onChange={(event) => onSettings({ ...settings, x: event.target.value })}
            className="w-48"
          >
            {xChoices.map((choice) => (
              <option key={choice.id} value={choice.id}>
                {shortName(choice.label)}
              </option>
            ))}
          </Select>
        </label>
        <label className="flex items-center justify-between gap-3" htmlFor={`${id}-smoothing`}>
          Smoothing
          <SmoothingSlider
            id={`${id}-smoothing`}
            value={settings.smoothing}
            onChange={(smoothing) => onSettings({ ...settings, smoothing })}
          />
        </label>
        <label className="flex items-center gap-2" htmlFor={`${id}-log`}>
          <Checkbox
            id={`${id}-log`}
            checked={settings.logY}
            onChange={(event) => onSettings({ ...settings, logY: event.target.checked })}
          />
          Logarithmic y axis
        </label>
        <label className="flex items-center gap-2" htmlFor={`${id}-outliers`}>
          <Checkbox
            id={`${id}-outliers`}
            checked={settings.ignoreOutliers}
            onChange={(event) => onSettings({ ...settings, ignoreOutliers: event.target.checked })}
          />
          Scale y to the middle 98 % of the values
        </label>
        {rangeEditable && <RangeFields range={range} onRange={onRange} />}
      </div>
    </Dialog>
  );
}

function RangeFields({ range, onRange }: { range: Domain | null; onRange(range: Domain | null): void }) {
  const id = useId();
  const read = (form: HTMLFormElement) => {
    const [from, to] = ["from", "to"].map((name) => Number.parseFloat(String(new FormData(form).get(name))));
    if (from !== undefined && to !== undefined && from < to) onRange([from, to]);
  };
  return (
    <form
      key={range?.join()}
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        read(event.currentTarget);
      }}
    >
      <label className="flex flex-col gap-1 text-label text-quiet" htmlFor={`${id}-from`}>
        From
        <Input id={`${id}-from`} name="from" inputMode="decimal" defaultValue={range?.[0]} className="w-24" />
      </label>
      <label className="flex flex-col gap-1 text-label text-quiet" htmlFor={`${id}-to`}>
        To
        <Input id={`${id}-to`} name="to" inputMode="decimal" defaultValue={range?.[1]} className="w-24" />
      </label>
      <Button type="submit">Zoom</Button>
      <Button look="quiet" disabled={!range} onClick={() => onRange(null)}>
        Reset
      </Button>
    </form>
  );
}
