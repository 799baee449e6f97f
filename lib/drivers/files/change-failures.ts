import { AppError, type ErrorCode, isAppError } from "../../domain/errors.ts";
import { fileFailure, meansAbsent } from "../confined-folder.ts";

interface Rule {
  codes: readonly string[];
  code: ErrorCode;
  says: string;
  remedy: string;
}

/** Why a system refuses a change; in each of these cases nothing was changed. */
const refusals: readonly Rule[] = [
  {
    codes: ["EACCES", "EPERM"],
    code: "forbidden",
    says: "the server may not change this folder",
    remedy: "Give the user who runs the server the right to write in it and in the source's folder.",
  },
  {
    codes: ["EROFS"],
    code: "forbidden",
    says: "the file system can only be read",
    remedy: "Mount it with the right to write.",
  },
  {
    codes: ["EXDEV"],
    code: "unsupported",
    says: "this folder lies on another file system than the source's folder, so that nothing can be moved there in one step",
    remedy: "Open the folder as a source of its own.",
  },
  {
    codes: ["ENOSPC", "EDQUOT", "EMLINK"],
    code: "source_unavailable",
    says: "the disk has no room",
    remedy: "Make room on the disk, then try again.",
  },
];

/** True for an error of the system with this code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** The answer for what was not begun. */
export function refused(error: unknown): { outcome: "failed"; failure: AppError } {
  return { outcome: "failed", failure: changeFailure(error) };
}

/** The answer when the system fails at the change itself: unless it said no, the change may have been made. */
export function unclear(error: unknown): { outcome: "failed" | "unknown"; failure: AppError } {
  const isRefusal = isAppError(error) || ruleOf(error) !== undefined || meansAbsent(error);
  return { outcome: isRefusal ? "failed" : "unknown", failure: changeFailure(error) };
}

function ruleOf(error: unknown): Rule | undefined {
  return refusals.find(({ codes }) => codes.some((code) => hasCode(error, code)));
}

/** A failed change in the product's words; the path of the server stays out of it. */
function changeFailure(error: unknown): AppError {
  const rule = ruleOf(error);
  if (rule === undefined || isAppError(error)) return fileFailure("files", "a file", error);
  return new AppError(rule.code, `files: ${rule.says}`, { remedy: rule.remedy, cause: error });
}

/** Why a file is not moved that could not be moved back without writing over what comes meanwhile. */
export function cannotBeLinked(error: unknown): AppError {
  return new AppError(
    "unsupported",
    "files: this file could not be put back safely, since it cannot have a second name",
    {
      remedy: "Run the server as the user who owns the file, and on a file system that has hard links.",
      cause: error,
    },
  );
}
