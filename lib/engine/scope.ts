import type { CatalogReader, ViewerScope } from "../catalog/contract.ts";
import { scopeIn, type Viewer } from "../domain/viewer.ts";

/** Where to look for someone: the sources that they may know of, or the one asked for, and what of these. Throws `not_found`. */
export async function lookIn(
  registry: { pick(viewer: Viewer, source: string | undefined): string[] },
  reader: Pick<CatalogReader, "experiments">,
  viewer: Viewer,
  source: string | undefined,
): Promise<{ sources: string[]; scope: ViewerScope }> {
  const sources = registry.pick(viewer, source);
  const scopes = sources.map((id) => ({ source: id, scope: scopeIn(viewer, id) }));
  if (scopes.every(({ scope }) => scope.experiments === null)) return { sources, scope: { experiments: null } };
  // One question over sources of which some are seen whole: these are then told by their experiments.
  const seen = await Promise.all(
    scopes.map(async ({ source: id, scope }) => {
      if (scope.experiments !== null) return scope.experiments;
      return (await reader.experiments({ source: id, scope })).items.map((experiment) => experiment.id);
    }),
  );
  return { sources, scope: { experiments: seen.flat() } };
}
