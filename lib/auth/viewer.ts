/** Who asks. Every engine question takes one; in local mode it is one admin who sees everything. */
export interface Viewer {
  name: string;
  role: "viewer" | "operator" | "admin";
  /** Experiment ids the viewer may see; `null` is all. */
  experiments: readonly string[] | null;
}

export const localAdmin: Viewer = { name: "local", role: "admin", experiments: null };
