import type { z } from "zod";

/** One route of the API: the schemas parse its requests and make `openapi.json`. */
export interface Endpoint {
  method: "get" | "post" | "delete";
  path: string;
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** JSON unless `mediaType` says otherwise. */
  answer?: z.ZodType;
  mediaType?: string;
  /** Answers without a credential. */
  open?: boolean;
  /** Answers 202 and goes on; wants an `Idempotency-Key`. */
  begins?: boolean;
}
