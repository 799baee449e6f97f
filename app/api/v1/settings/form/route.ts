import { handle } from "../../handle.ts";

export const GET = handle({}, ({ engine, viewer }) => engine.settingsForm(viewer));
