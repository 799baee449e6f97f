import { getEngine } from "../../../../../lib/engine/get-engine.ts";
import { sendFailure } from "../../../../../lib/wire/handler.ts";
import { goTo, goToPagesInstead } from "../go-to.ts";

/** Sends the browser to the sign-in provider. */
export async function GET(request: Request): Promise<Response> {
  try {
    const { location, cookie } = await getEngine().auth.beginElsewhere();
    return goTo(location, [cookie]);
  } catch (error) {
    return goToPagesInstead(request, "/?sign-in=unavailable") ?? sendFailure(error);
  }
}
