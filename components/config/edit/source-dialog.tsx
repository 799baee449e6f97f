"use client";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import type { SettingsForm, SourcePlace, SourceSettings } from "../../../lib/domain/source-settings.ts";
import {
  settingsForm,
  useDiscardDraft,
  useTrySource,
  useWriteSource,
} from "../../../lib/queries/settings-edit-queries.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { LineDiff } from "../../ui/line-diff.tsx";
import { ErrorState, InlineError, Skeleton } from "../../ui/states.tsx";
import { StatusMark } from "../../ui/status-mark.tsx";
import { showToast } from "../../ui/toast.tsx";
import { RelativeTime } from "../../ui/values.tsx";
import { CheckSteps } from "../check-steps.tsx";
import { type FieldSchema, SourceFields } from "./source-fields.tsx";

interface SourceDialogProps {
  /** Id of the source that is changed; `null`: a new one. */
  of: string | null;
  onClose(): void;
}

/** A source in a form: checked as it would be used, then shown as a change of the settings file, then written. */
export function SourceDialog({ of, onClose }: SourceDialogProps) {
  const form = useQuery(settingsForm());
  const known = form.data?.sources.find(({ id }) => id === of);
  const title = of === null ? "Add a source" : `Edit ${known?.label ?? "a source"}`;
  if (form.data && (of === null || known))
    return <SourceForm form={form.data} of={of} title={title} settings={known?.settings ?? null} onClose={onClose} />;
  return (
    <Dialog title={title} onClose={onClose}>
      {form.isPending && <Skeleton lines={6} />}
      {form.isError && <ErrorState error={form.error} what="the form" onRetry={() => void form.refetch()} />}
      {form.data && <p>This source is not in the settings file any more.</p>}
    </Dialog>
  );
}

interface SourceFormProps extends SourceDialogProps {
  form: SettingsForm;
  title: string;
  /** As the file has them; `null`: a new one. */
  settings: SourceSettings | null;
}

const empty: SourceSettings = { target: "" };

function SourceForm({ form, of, title, settings, onClose }: SourceFormProps) {
  const formId = useId();
  const place: SourcePlace = { of, digest: form.digest };
  const kept = form.drafts.find((one) => one.of === of);
  const [draft, setDraft] = useState(kept);
  const [value, setValue] = useState<SourceSettings>(kept?.settings ?? settings ?? empty);
  const tried = useTrySource(place);
  const written = useWriteSource(place);
  const discard = useDiscardDraft();
  const change = (next: object) => {
    setValue(next as SourceSettings);
    tried.reset();
    written.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    tried.mutate(value);
  };
  const writing = tried.data?.writing;
  const failures = [tried.error, written.error, discard.error].filter((error) => error !== null);
  const write = () =>
    written.mutate(value, {
      onSuccess: () => {
        showToast("The settings file was written. It counts from the next start.");
        onClose();
      },
    });
  const forget = () =>
    discard.mutate(of, {
      onSuccess: () => {
        setDraft(undefined);
        change(settings ?? empty);
      },
    });
  return (
    <Dialog
      title={title}
      onClose={onClose}
      closable={!written.isPending}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {writing ? (
            <Button look="primary" disabled={written.isPending} onClick={write}>
              Write it into the file
            </Button>
          ) : (
            <Button look="primary" type="submit" form={formId} disabled={tried.isPending}>
              {tried.isPending ? "Checking…" : "Check"}
            </Button>
          )}
        </>
      }
    >
      {draft && (
        <p className="mb-3 flex flex-wrap items-center gap-2 rounded-md border border-line px-3 py-2">
          <span className="min-w-0 flex-1">
            A draft of <RelativeTime at={draft.at} />: its check had failed.
          </span>
          <Button look="quiet" className="h-6" disabled={discard.isPending} onClick={forget}>
            Discard the draft
          </Button>
        </p>
      )}
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        <SourceFields schema={form.schema as FieldSchema} value={value} onChange={change} />
      </form>
      <div aria-live="polite">
        {(tried.isPending || tried.data || failures.length > 0) && (
          <div key={`${tried.status} ${written.status}`} ref={bringIntoView} className="mt-4 flex flex-col gap-3">
            {tried.isPending && <p className="border-t border-line pt-3 text-quiet">Checking takes some seconds.</p>}
            {tried.data && <TriedState verdict={tried.data.check.verdict} />}
            {tried.data && <CheckSteps steps={tried.data.check.steps} />}
            {writing && <LineDiff change={{ name: form.path, lines: writing.lines }} />}
            {failures.map((failure) => (
              <InlineError key={failure.message} error={failure} />
            ))}
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** What came of it stands below a long form. */
function bringIntoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "start" });
}

const outcomes = {
  pass: "All is well. This is how the file changes:",
  warn: "It works, with warnings. This is how the file changes:",
  fail: "Something fails, so nothing is written. It is kept as a draft, without passwords.",
  skip: "Nothing was looked at.",
} as const;

function TriedState({ verdict }: { verdict: keyof typeof outcomes }) {
  return (
    <p className="flex flex-wrap items-center gap-2 border-t border-line pt-3">
      <StatusMark name={verdict} /> {outcomes[verdict]}
    </p>
  );
}
