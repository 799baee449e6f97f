import { isAppError } from "../../../../../lib/domain/errors.ts";
import { getEngine } from "../../../../../lib/engine/get-engine.ts";
import { factsOf, sendFailure } from "../../../../../lib/wire/handler.ts";
import { goTo, goToPagesInstead } from "../go-to.ts";

/** Where the sign-in provider sends the browser back to. */
export async function GET(request: Request): Promise<Response> {
  try {
    return goTo("/", await getEngine().auth.endElsewhere(factsOf(request), new URL(request.url).search));
  } catch (error) {
    const why = isAppError(error) && error.code === "forbidden" ? "no-role" : "failed";
    return goToPagesInstead(request, `/?sign-in=${why}`) ?? sendFailure(error);
  }
}
