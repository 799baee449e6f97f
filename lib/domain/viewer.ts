/** What someone may do: look; plan, invalidate, put back, pin, publish and hold back; empty the trash, confirm buckets, see all sign-ins. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** What someone may do in one source. */
export interface Grant {
  role: Role;
  /** Ids of the experiments that they may see; `null` is all. */
  experiments: readonly string[] | null;
}

/** Who asks. Every engine question takes one; in local mode it is one admin who sees everything. */
export interface Viewer {
  name: string;
  /** What they may do with the server as a whole, and in every source where `grants` is `null`. */
  role: Role;
  /** By source, where they do not see all: what is not named is not there for them. */
  grants: ReadonlyMap<string, Grant> | null;
}

const ranks: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** `null`: they may not even know that there is such a source. */
export function grantOf(viewer: Viewer, source: string): Grant | null {
  if (viewer.grants === null) return { role: viewer.role, experiments: null };
  return viewer.grants.get(source) ?? null;
}

export function isAtLeast(role: Role, wanted: Role): boolean {
  return ranks[role] >= ranks[wanted];
}

/** Whether they may see what belongs to this experiment; what belongs to none is seen by who sees the source whole. */
export function maySee(viewer: Viewer, source: string, experimentId: string | null): boolean {
  const grant = grantOf(viewer, source);
  if (!grant) return false;
  return grant.experiments === null || (experimentId !== null && grant.experiments.includes(experimentId));
}

/** What of a source they may see, for questions that are asked of the catalog. */
export function scopeIn(viewer: Viewer, source: string): Pick<Grant, "experiments"> {
  const grant = grantOf(viewer, source);
  return { experiments: grant === null ? [] : grant.experiments };
}
