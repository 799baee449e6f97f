"use client";

/** 0 to 0.99 with its figure beside it. */
export function SmoothingSlider({ id, value, onChange }: { id: string; value: number; onChange(value: number): void }) {
  return (
    <span className="flex items-center gap-2">
      <input
        id={id}
        type="range"
        min={0}
        max={0.99}
        step={0.01}
        value={value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
        className="w-28 accent-accent-fill"
      />
      <output htmlFor={id} className="w-8 text-right text-label text-quiet tabular-nums">
        {value.toFixed(2)}
      </output>
    </span>
  );
}
