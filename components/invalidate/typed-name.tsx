"use client";
import { useId } from "react";
import { Input } from "../ui/input.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

export interface TypedNameProps {
  /** What is to be typed. */
  name: string;
  value: string;
  onChange(typed: string): void;
}

/** The name of the source, typed before much or something without a way back is done. */
export function TypedName({ name, value, onChange }: TypedNameProps) {
  const id = useId();
  return (
    <label htmlFor={id} className="flex flex-col gap-1">
      <span>
        Type <b translate="no">{escapeInvisible(name)}</b> to confirm
      </span>
      <Input id={id} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
