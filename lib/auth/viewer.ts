import type { Viewer } from "../domain/viewer.ts";

export type { Viewer } from "../domain/viewer.ts";

export const localAdmin: Viewer = { name: "local", role: "admin", grants: null };
