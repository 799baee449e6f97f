"use client";
import { stateWords } from "../../lib/domain/filter/fields.ts";
import { Menu } from "../ui/menu.tsx";
import { StatusMark } from "../ui/status-mark.tsx";

/** Which states are shown; none chosen is all. */
export function StateFilter({
  chosen,
  onChange,
}: {
  chosen: readonly string[];
  onChange(states: readonly string[]): void;
}) {
  const toggle = (state: string) =>
    onChange(chosen.includes(state) ? chosen.filter((one) => one !== state) : [...chosen, state]);
  return (
    <Menu
      label="State"
      items={[
        ...stateWords.map((state) => ({
          kind: "check" as const,
          label: <StatusMark name={state} />,
          checked: chosen.includes(state),
          onSelect: () => toggle(state),
        })),
        { kind: "line" as const },
        { label: "All states", onSelect: () => onChange([]) },
      ]}
    >
      State{chosen.length > 0 && <span className="text-label text-quiet">{chosen.length}</span>}
    </Menu>
  );
}
