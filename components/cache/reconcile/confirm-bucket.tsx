"use client";
import type { Bucket } from "../../../lib/domain/bucket.ts";
import type { Source } from "../../../lib/domain/source.ts";
import { BackAndCancel } from "../../invalidate/back-and-cancel.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { NameText } from "../../ui/names.tsx";
import { type Failure, InlineError } from "../../ui/states.tsx";

export interface ConfirmBucketProps {
  bucket: Bucket;
  sources: readonly Source[];
  pending: boolean;
  error: Failure | null;
  onConfirm(): void;
  onClose(): void;
}

/** Asks an admin for what nobody else can know: whether another index, not connected here, names things in a bucket. */
export function ConfirmBucket({ bucket, sources, pending, error, onConfirm, onClose }: ConfirmBucketProps) {
  return (
    <Dialog
      title={<>Are all indexes connected?</>}
      onClose={onClose}
      footer={
        <>
          <BackAndCancel onCancel={onClose} />
          <Button look="primary" disabled={pending} onClick={onConfirm}>
            All of them are connected
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="m-0">
          Connected here, and using <NameText name={bucket.name} className="font-medium" />:
        </p>
        <ul className="m-0 pl-5">
          {bucket.sources.map((id) => (
            <li key={id}>
              <NameText name={sources.find((source) => source.id === id)?.label ?? id} />
            </li>
          ))}
        </ul>
        <p className="m-0">
          If any other index names things in it (a database of a colleague, an old Redis), what that one needs would be
          called an orphan here and could be taken out. Confirm only when there is none.
        </p>
        <p className="m-0 text-quiet">
          It holds while these are connected, is written to the audit, and can be revoked at any time.
        </p>
        {error && <InlineError error={error} />}
      </div>
    </Dialog>
  );
}
