import { factsOf } from "../../../../lib/wire/handler.ts";
import { handle } from "../handle.ts";

export const GET = handle({}, ({ engine, request }) => engine.auth.describeViewer(factsOf(request)));
