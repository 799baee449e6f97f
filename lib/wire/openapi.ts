import { z } from "zod";
import { createDocument, type ZodOpenApiPathsObject } from "zod-openapi";
import { errorCodes } from "../domain/errors.ts";
import type { Endpoint } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";

const failure = z.object({
  error: z.object({
    code: z.enum(errorCodes),
    message: z.string(),
    remedy: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** OpenAPI 3.1 of every route, from the schemas that parse the requests. */
export function describeApi(version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, endpoint] of Object.entries<Endpoint>(endpoints)) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: describeEndpoint(name, endpoint) };
  }
  return createDocument({
    openapi: "3.1.0",
    info: { title: "Trialdeck", version },
    servers: [{ url: "/api/v1" }],
    paths,
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    security: [{ bearer: [] }],
  });
}

function describeEndpoint(name: string, endpoint: Endpoint) {
  const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const pathParameters = z.object(Object.fromEntries(names.map((parameter) => [parameter, z.string()])));
  return {
    operationId: name,
    summary: endpoint.summary,
    requestParams: {
      ...(names.length > 0 && { path: pathParameters }),
      ...(endpoint.query && { query: endpoint.query }),
      ...(endpoint.begins && { header: z.object({ "Idempotency-Key": z.string() }) }),
    },
    ...(endpoint.body && { requestBody: { content: { "application/json": { schema: endpoint.body } } } }),
    ...(endpoint.open && { security: [] }),
    responses: {
      [endpoint.begins ? "202" : "200"]: { description: "OK", ...answerContent(endpoint) },
      default: { description: "A failure", content: { "application/json": { schema: failure } } },
    },
  };
}

function answerContent(endpoint: Endpoint) {
  if (endpoint.answer) return { content: { "application/json": { schema: endpoint.answer } } };
  return endpoint.mediaType ? { content: { [endpoint.mediaType]: {} } } : {};
}
