import { useId } from "react";
import { Input } from "../ui/input.tsx";
import { escapeInvisible } from "../ui/visible-text.ts";

/** The name that is to be typed before much is changed. */
export function ConfirmField({
  expected,
  typed,
  onType,
}: {
  expected: string;
  typed: string;
  onType(text: string): void;
}) {
  const id = useId();
  return (
    <label htmlFor={id} className="flex flex-col gap-1">
      <span>
        Type <b translate="no">{escapeInvisible(expected)}</b> to confirm
      </span>
      <Input id={id} value={typed} onChange={(event) => onType(event.target.value)} />
    </label>
  );
}
