import { getEngine } from "../../../../../../../../lib/engine/get-engine.ts";
import { endpoints } from "../../../../../../../../lib/wire/endpoints.ts";
import { factsOf, sendFailure } from "../../../../../../../../lib/wire/handler.ts";
import { sendContent } from "../../../../../../../../lib/wire/send-content.ts";

interface Place {
  params: Promise<{ source: string; artifact: string }>;
}

/** The bytes of an artifact, for a signed address or a signed-in viewer. */
export async function GET(request: Request, place: Place): Promise<Response> {
  try {
    const engine = getEngine();
    const { source, artifact } = await place.params;
    const query = endpoints.content.query.safeParse(Object.fromEntries(new URL(request.url).searchParams)).data;
    const who =
      query?.signature !== undefined && query.expires !== undefined
        ? { expires: query.expires, signature: query.signature }
        : await engine.auth.authenticate(factsOf(request));
    return sendContent(request, await engine.content(who, source, artifact));
  } catch (error) {
    return sendFailure(error);
  }
}
