import type { Grant, Viewer } from "../domain/viewer.ts";
import type { Granted, RoleClaims } from "../settings/access-schema.ts";

/** What there is to be granted: the sources, and the id of an experiment of one by its name. */
export interface Grantable {
  sources: readonly string[];
  experimentId(source: string, name: string): string;
}

/** What someone may do by what was granted to them. A source that is not configured grants nothing. */
export function grant(name: string, { role, sources, projects }: Granted, grantable: Grantable): Viewer {
  if (sources === undefined && projects === undefined) return { name, role, grants: null };
  const rolesBySource = Array.isArray(sources)
    ? new Map(sources.map((source) => [source, role]))
    : new Map(Object.entries(sources ?? Object.fromEntries(grantable.sources.map((source) => [source, role]))));
  const grants = new Map<string, Grant>();
  for (const [source, roleThere] of rolesBySource) {
    const experiments = projects?.map((project) => grantable.experimentId(source, project)) ?? null;
    if (grantable.sources.includes(source)) grants.set(source, { role: roleThere, experiments });
  }
  return { name, role, grants };
}

/** What the claims of a verified token grant: the first line that fits counts. `null`: none does. */
export function grantedBy({ grants }: RoleClaims, values: readonly string[]): Granted | null {
  return grants.find(({ value }) => values.includes(value)) ?? null;
}

/** The texts of a claim, be it one or many. */
export function claimValues(claims: Readonly<Record<string, unknown>>, claim: string): string[] {
  const value = claims[claim];
  const values = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === "string");
}
