"use client";
import { useId, useState } from "react";
import type { DownstreamReach, PlanIntent } from "../../lib/domain/plan.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Checkbox, Select } from "../ui/input.tsx";
import { intents } from "./intents.ts";
import type { PlanChoice } from "./plan-choice.ts";

export interface IntentFormProps {
  title: string;
  initial: PlanChoice | null;
  repairable: boolean;
  onClose(): void;
  onChoose(choice: PlanChoice): void;
}

const reaches: readonly { id: DownstreamReach; says: string }[] = [
  { id: "none", says: "nothing" },
  { id: "direct", says: "what was made directly of it" },
  { id: "all", says: "everything made of it" },
];

/** Asks what is wanted, before anything is counted. */
export function IntentForm({ title, initial, repairable, onClose, onChoose }: IntentFormProps) {
  const id = useId();
  const [intent, setIntent] = useState<PlanIntent | null>(initial?.intent ?? null);
  const [reach, setReach] = useState<DownstreamReach | undefined>(initial?.downstream);
  const [payloads, setPayloads] = useState(initial?.payloads);
  const offered = intents.filter(({ id }) => id !== "repair" || repairable);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            disabled={!intent}
            onClick={() =>
              intent &&
              onChoose({ intent, ...(reach && { downstream: reach }), ...(payloads !== undefined && { payloads }) })
            }
          >
            Show what would happen
          </Button>
        </>
      }
    >
      <fieldset className="m-0 flex flex-col gap-1 border-0 p-0">
        <legend className="mb-2 p-0 font-medium">What is it that you want?</legend>
        {offered.map(({ id: offer, title: name, says }, index) => (
          <label
            key={offer}
            className="flex cursor-pointer items-start gap-2.5 rounded-md border border-transparent px-2 py-1.5 hover:bg-hover has-checked:border-line has-checked:bg-selected"
          >
            <input
              type="radio"
              name="intent"
              value={offer}
              checked={intent === offer}
              onChange={() => {
                setIntent(offer);
                setReach(undefined);
                setPayloads(undefined);
              }}
              data-autofocus={index === 0 || undefined}
              className="mt-1 accent-accent-fill"
            />
            <span>
              <span className="font-medium">{name}</span>
              <span className="block text-quiet">{says}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {intent && intent !== "repair" && (
        <details className="mt-3">
          <summary className="cursor-pointer text-quiet">Details</summary>
          <div className="mt-2 flex flex-col gap-2 pl-2">
            <label htmlFor={`${id}-reach`} className="flex flex-wrap items-center gap-2">
              What goes as well
              <Select
                id={`${id}-reach`}
                value={reach ?? (intent === "wrong-result" ? "all" : "none")}
                onChange={(event) => setReach(event.target.value as DownstreamReach)}
              >
                {reaches.map(({ id: one, says }) => (
                  <option key={one} value={one}>
                    {says}
                  </option>
                ))}
              </Select>
            </label>
            <label htmlFor={`${id}-files`} className="flex items-center gap-2">
              <Checkbox
                id={`${id}-files`}
                checked={payloads ?? intent === "free-space"}
                onChange={(event) => setPayloads(event.target.checked)}
              />
              Their files too, where nothing else names them
            </label>
          </div>
        </details>
      )}
    </Dialog>
  );
}
