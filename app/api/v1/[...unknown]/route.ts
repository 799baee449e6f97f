import { AppError } from "../../../../lib/domain/errors.ts";
import { handle } from "../handle.ts";

const answerUnknown = handle<never, never, { unknown: string[] }>({}, () => {
  throw new AppError("not_found", "There is no such route.", { remedy: "GET /api/v1/openapi.json lists them." });
});

/** Every other path: 401 without a credential, like those that exist. */
export {
  answerUnknown as DELETE,
  answerUnknown as GET,
  answerUnknown as PATCH,
  answerUnknown as POST,
  answerUnknown as PUT,
};
