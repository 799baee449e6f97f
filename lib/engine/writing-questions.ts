import { AppError } from "../domain/errors.ts";
import { diffLines } from "../domain/explain/line-diff.ts";
import {
  describeSource,
  type SettingsForm,
  type SourcePlace,
  type SourceSettings,
  type SourceWriting,
  sourceSettingsSchema,
} from "../domain/source-settings.ts";
import type { Viewer } from "../domain/viewer.ts";
import { maskSettings, putSource, replaceFile, requireReferences, withoutSecrets } from "../settings/edit-settings.ts";
import { allVariables } from "../settings/environment.ts";
import { parseSettings } from "../settings/parse-settings.ts";
import type { State } from "../state/state.ts";
import { type ConfigEditing, fingerprintOf, nameOf, requireEditing } from "./candidate-questions.ts";
import { openWritten, readWritten } from "./written-settings.ts";

export interface WritingQuestions {
  /** What a form shows. Takes the role admin, as all of this does, and editing that was switched on. */
  settingsForm(viewer: Viewer): SettingsForm;
  /** How the file would change; with `write` it does, where the check of this very source has passed. */
  writeSource(viewer: Viewer, asked: SourceAsked): SourceWriting;
  discardDraft(viewer: Viewer, of: string | null): void;
}

interface SourceAsked extends SourcePlace {
  candidate: SourceSettings;
  write: boolean;
}

export interface WritingParts {
  editing: ConfigEditing | null;
  state: Pick<State, "audit" | "drafts">;
  passed: ReadonlySet<string>;
  now(): number;
  /** The file was written. */
  onWritten(): void;
}

export function answerWriting({ editing, state, passed, now, onWritten }: WritingParts): WritingQuestions {
  return {
    settingsForm(viewer) {
      const { path } = requireEditing(viewer, editing, "Editing the settings");
      const { digest, sources } = readWritten(path);
      const drafts = state.drafts.list().map(({ of, by, at, settings }) => ({
        ...{ of, by, at: new Date(at).toISOString() },
        settings: sourceSettingsSchema.parse(JSON.parse(settings)),
      }));
      return { path, digest, schema: describeSource(), sources, drafts };
    },
    writeSource(viewer, { candidate, write, ...place }) {
      const { path } = requireEditing(viewer, editing, "Writing the settings");
      const { text, index } = openWritten(path, place);
      requireReferences(candidate);
      const next = putSource(text, index, candidate);
      parseSettings(next, path, allVariables());
      const { lines } = diffLines(maskSettings(text), maskSettings(next));
      if (!write) return { lines, written: false };
      if (!passed.has(fingerprintOf(place.of, candidate))) {
        const settings = JSON.stringify(withoutSecrets(candidate));
        state.drafts.keep({ of: place.of, by: viewer.name, at: now(), settings });
        throw new AppError("conflict", "Its check has not passed, so it is kept as a draft.", {
          remedy: "Check it, and mend what fails.",
        });
      }
      replaceFile(path, next);
      state.audit.append({
        ...{ at: now(), by: viewer.name, action: "write-source", source: place.of ?? "" },
        ...{ subject: nameOf(candidate), result: "done" },
      });
      state.drafts.discard(place.of);
      onWritten();
      return { lines, written: true };
    },
    discardDraft(viewer, of) {
      requireEditing(viewer, editing, "Discarding a draft");
      state.drafts.discard(of);
    },
  };
}
