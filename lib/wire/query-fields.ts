import { z } from "zod";

/** Fields that the queries of several routes share. */
export const text = z.string().max(4_000);
export const opaqueId = z.string().max(64);
export const limit = z.coerce.number().int().min(1).max(1000).default(50);
export const cursor = z.string().max(8_000).optional();
export const list = { q: text.optional(), sort: text.optional(), cursor, limit };
/** `a,b` or repeated. */
export const words = (allowed: readonly [string, ...string[]]) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) =>
      [value]
        .flat()
        .flatMap((part) => part.split(","))
        .filter(Boolean),
    )
    .pipe(z.array(z.enum(allowed)));
