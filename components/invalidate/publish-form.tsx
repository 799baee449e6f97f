"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useId, useState } from "react";
import type { ShownPlan } from "../../lib/domain/proposal.ts";
import { proposalQueries } from "../../lib/queries/proposal-queries.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Input, TextArea } from "../ui/input.tsx";
import { InlineError } from "../ui/states.tsx";
import { showToast } from "../ui/toast.tsx";
import { BackAndCancel } from "./back-and-cancel.tsx";
import { proposalPath } from "./proposal-path.ts";

const mostDays = 30;

/** Proposes a plan to others: they see it by its address, and hold back what must stay. */
export function PublishForm({
  title,
  plan,
  onBack,
  onClose,
}: {
  title: string;
  plan: ShownPlan;
  onBack(): void;
  onClose(): void;
}) {
  const id = useId();
  const router = useRouter();
  const client = useQueryClient();
  const [days, setDays] = useState("7");
  const [note, setNote] = useState("");
  const life = Number(days);
  const isLife = Number.isInteger(life) && life >= 1 && life <= mostDays;
  const publish = useMutation({
    ...proposalQueries.publish({ source: plan.source, plan: plan.id }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: proposalQueries.all() });
      showToast("Published. Pass the address of this page on.");
      onClose();
      router.push(proposalPath(plan));
    },
  });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <>
          <BackAndCancel onBack={onBack} onCancel={onClose} />
          <Button
            look="primary"
            disabled={!isLife || publish.isPending}
            onClick={() => publish.mutate({ days: life, note })}
          >
            Publish
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="m-0">
          Nothing is taken out by this. Others see the plan by its address and hold back what must stay. Whoever applies
          it plans it again first, and sees what came and went since.
        </p>
        <label htmlFor={`${id}-days`} className="flex items-center gap-2">
          For
          <Input
            id={`${id}-days`}
            type="number"
            min={1}
            max={mostDays}
            className="w-20 text-right"
            value={days}
            aria-describedby={`${id}-life`}
            onChange={(event) => setDays(event.target.value)}
          />
          days
          <span id={`${id}-life`} className={isLife ? "text-quiet" : "text-red"}>
            at most {mostDays}
          </span>
        </label>
        <label htmlFor={`${id}-note`} className="flex flex-col gap-1">
          <span>
            Why <span className="text-quiet">(optional)</span>
          </span>
          <TextArea
            id={`${id}-note`}
            rows={3}
            maxLength={2_000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        {publish.error && <InlineError error={publish.error} />}
      </div>
    </Dialog>
  );
}
