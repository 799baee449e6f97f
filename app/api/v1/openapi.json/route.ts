import { describeApi } from "../../../../lib/wire/openapi.ts";
import { handle } from "../handle.ts";

export const GET = handle({}, ({ engine }) => describeApi(engine.version));
